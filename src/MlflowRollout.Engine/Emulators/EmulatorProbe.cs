using System.Diagnostics;
using System.Net.Http.Headers;
using MlflowRollout.Engine.Arm;
using MlflowRollout.Engine.Connections;

namespace MlflowRollout.Engine.Emulators;

/// <summary>Short calls to an emulator outside of any connection.</summary>
internal sealed class EmulatorProbe(TimeProvider timeProvider)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>True when its process is there and it answers an authenticated request.</summary>
    public async Task<bool> AnswersAsync(EmulatorFile file, CancellationToken cancellationToken)
    {
        if (file.ProcessId > 0 && !IsAlive(file.ProcessId))
        {
            return false;
        }

        return await CallAsync(file, HttpMethod.Get, $"{file.WorkspaceId}?api-version={ArmSettings.ApiVersion}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks it to end; false when it does not take the call.</summary>
    public Task<bool> ShutdownAsync(EmulatorFile file, CancellationToken cancellationToken) =>
        CallAsync(file, HttpMethod.Post, "/emulator/shutdown", cancellationToken);

    /// <summary>True while a process of that id is there.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is there and belongs to somebody else.
            return true;
        }
    }

    private async Task<bool> CallAsync(EmulatorFile file, HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(AnswerTimeout, timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using SocketsHttpHandler handler = HandlerFactory.CreateForEmulator(file.ArmEndpoint, file.CaCertificate);
            using HttpClient client = new(handler);
            using HttpRequestMessage request = new(method, new Uri(file.ArmEndpoint, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", file.Token);
            using HttpResponseMessage response = await client.SendAsync(request, linked.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or MlConnectionException)
        {
            return false;
        }
    }
}
