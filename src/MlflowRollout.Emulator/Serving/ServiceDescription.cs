namespace MlflowRollout.Emulator.Serving;

/// <summary>The two renderings of a model's <c>swagger.json</c>, made once at start.</summary>
internal sealed record ServiceDescription(ReadOnlyMemory<byte> Swagger2, ReadOnlyMemory<byte> Swagger3);
