namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>A refusal in the shape that the blob service answers have.</summary>
internal sealed class BlobException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static BlobException NotFound() => new(404, "BlobNotFound", "The specified blob does not exist.");

    public static BlobException Unsupported(string what) => new(501, "EmulatorNotSupported", $"{what} is not supported by the emulator.");

    public static BlobException InvalidHeader(string name, string rule) => new(400, "InvalidHeaderValue", $"The value of the header {name} {rule}.");

    public static BlobException InvalidQuery(string name, string rule) => new(400, "InvalidQueryParameterValue", $"The value of the query parameter {name} {rule}.");

    public static BlobException Condition() => new(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");
}
