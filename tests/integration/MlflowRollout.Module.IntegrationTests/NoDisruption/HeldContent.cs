using System.Net;

namespace MlflowRollout.Module.IntegrationTests.NoDisruption;

/// <summary>
/// A body that waits. With <c>Expect: 100-continue</c> it is asked for only when the deployment has admitted the request, so that its
/// start says that the request is inside, and its release when the request may go on.
/// </summary>
internal sealed class HeldContent(byte[] body, Task release) : HttpContent
{
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the deployment asks for the body.</summary>
    public Task Admitted => _admitted.Task;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        _admitted.TrySetResult();
        await release;
        await stream.WriteAsync(body);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
