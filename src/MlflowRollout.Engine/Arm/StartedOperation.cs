using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;

namespace MlflowRollout.Engine.Arm;

/// <summary>A call that the service accepted and that may go on after its answer.</summary>
internal sealed class StartedOperation
{
    private readonly MachineLearningResource _resource;
    private readonly RequestMethod _method;
    private readonly Uri _address;

    private StartedOperation(MachineLearningResource resource, RequestMethod method, Uri address)
    {
        _resource = resource;
        _method = method;
        _address = address;
    }

    /// <summary>The answer's body; null when it has none.</summary>
    public JsonObject? Body { get; private init; }

    /// <summary>Where the operation is asked about; null when the answer names no such place.</summary>
    public Uri? StatusAddress { get; private init; }

    /// <summary>True when <see cref="StatusAddress"/> came from the <c>Location</c> header.</summary>
    public bool IsLocation { get; private init; }

    /// <summary>The resource it works on.</summary>
    public MachineLearningResource Resource => _resource;

    /// <summary>True when the resource goes.</summary>
    public bool IsDelete => _method == RequestMethod.Delete;

    /// <summary>Reads an answer.</summary>
    /// <param name="resource">What was called.</param>
    /// <param name="method">How.</param>
    /// <param name="address">Where.</param>
    /// <param name="response">The answer.</param>
    /// <param name="byLocation">True: <c>Location</c> is asked, even where the status has an address of its own, since it answers with the result.</param>
    public static StartedOperation From(MachineLearningResource resource, RequestMethod method, Uri address, Response response, bool byLocation = false)
    {
        string? status = Header(response, "Azure-AsyncOperation");
        // The Location of an accepted PUT is the resource itself; of the others it is the operation's result.
        string? location = method == RequestMethod.Put || response.Status != 202 ? null : Header(response, "Location");
        if (byLocation && location is not null)
        {
            status = null;
        }

        string? follow = status ?? location;
        return new StartedOperation(resource, method, address)
        {
            Body = JsonBody.TryParseObject(response.Content.ToMemory().Span),
            StatusAddress = follow is null ? null : resource.Trusted(new Uri(address, follow)),
            IsLocation = status is null,
        };
    }

    /// <summary>An operation that somebody else started, by the address kept in the resource.</summary>
    public static StartedOperation Resume(MachineLearningResource resource, Uri address, JsonObject body, Uri statusAddress) =>
        new(resource, RequestMethod.Put, address) { Body = body, StatusAddress = resource.Trusted(statusAddress) };

    /// <summary>An operation that somebody else started and that has no known address: the resource's own state is all there is.</summary>
    public static StartedOperation Untracked(MachineLearningResource resource, Uri address, JsonObject body) =>
        new(resource, RequestMethod.Put, address) { Body = body };

    /// <summary>What Azure.Core needs to go on with the operation.</summary>
    public RehydrationToken ToRehydrationToken()
    {
        JsonObject token = new()
        {
            ["id"] = null,
            ["version"] = "1.0.0",
            ["headerSource"] = IsLocation ? "Location" : "AzureAsyncOperation",
            ["nextRequestUri"] = StatusAddress!.AbsoluteUri,
            ["initialUri"] = _address.AbsoluteUri,
            ["requestMethod"] = _method.ToString(),
            ["finalStateVia"] = _method == RequestMethod.Put ? "OriginalUri" : "Location",
            ["lastKnownLocation"] = null,
        };
        return ModelReaderWriter.Read<RehydrationToken>(BinaryData.FromString(token.ToJsonString()), new ModelReaderWriterOptions("J"))!;
    }

    private static string? Header(Response response, string name) =>
        response.Headers.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;
}
