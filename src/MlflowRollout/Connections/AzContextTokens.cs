using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using MlflowRollout.Services;

namespace MlflowRollout.Connections;

/// <summary>
/// Tokens of the Az.Accounts session of this process. Its command runs in a runspace of its own, since a token may be wanted at any time and on any thread
/// while the caller's runspace is busy; the session itself is the process's.
/// </summary>
internal static class AzContextTokens
{
    private const string CommandName = "Get-AzAccessToken";

    /// <summary>Older versions give plain text unless asked.</summary>
    private const string Script = """
        param($ResourceUrl, $TenantId)
        $parameters = @{ ResourceUrl = $ResourceUrl; ErrorAction = 'Stop'; WarningAction = 'SilentlyContinue' }
        if ($TenantId) { $parameters.TenantId = $TenantId }
        if ((Get-Command Get-AzAccessToken).Parameters.ContainsKey('AsSecureString')) { $parameters.AsSecureString = $true }
        Get-AzAccessToken @parameters
        """;

    /// <summary>What gets the tokens; checks that the module is there. Called on the pipeline thread.</summary>
    /// <param name="cmdlet">The cmdlet that connects.</param>
    /// <exception cref="MlConnectionException">The session has no Az.Accounts.</exception>
    internal static Func<string, string?, CancellationToken, Task<MlAccessToken>> From(PSCmdlet cmdlet)
    {
        CommandInfo? command = cmdlet.InvokeCommand.GetCommand(CommandName, CommandTypes.Cmdlet | CommandTypes.Function);
        if (command?.Module is not { } module)
        {
            throw new MlConnectionException(
                MlErrorIds.AuthenticationFailed, "-AuthType AzContext uses the Az.Accounts session of this process, and Az.Accounts is not loaded.", MlErrorCategory.AuthenticationError)
            {
                RecommendedAction = "Run Import-Module Az.Accounts and Connect-AzAccount first, or choose another -AuthType.",
            };
        }

        // The manifest beside the module's file, so that what it needs is loaded as well.
        string manifest = System.IO.Path.Combine(module.ModuleBase, module.Name + ".psd1");
        string modulePath = File.Exists(manifest) ? manifest : module.Path;
        return (resource, tenant, cancellationToken) => GetAsync(modulePath, resource, tenant, cancellationToken);
    }

    private static async Task<MlAccessToken> GetAsync(string modulePath, string resource, string? tenant, CancellationToken cancellationToken)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([modulePath]);
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(Script).AddParameter("ResourceUrl", resource).AddParameter("TenantId", tenant);
        using CancellationTokenRegistration registration = cancellationToken.Register(static shell => ((PowerShell)shell!).BeginStop(callback: null, state: null), shell);
        try
        {
            PSDataCollection<PSObject> output = await Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke).ConfigureAwait(false);
            return output is [{ } token, ..] ? Read(token) : throw Refused("it gave no token.");
        }
        catch (PipelineStoppedException e)
        {
            throw new OperationCanceledException("Getting a token was stopped.", e, cancellationToken);
        }
        catch (RuntimeException e)
        {
            throw Refused(e.Message, e);
        }
    }

    private static MlAccessToken Read(PSObject token)
    {
        object? value = token.Properties["Token"]?.Value;
        SecureString secret = (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            SecureString secure => secure,
            string { Length: > 0 } text => SecretText.Protect(text),
            _ => throw Refused("it gave no token."),
        };
        return LanguagePrimitives.TryConvertTo(token.Properties["ExpiresOn"]?.Value, out DateTimeOffset expiresOn)
            ? new MlAccessToken(secret, expiresOn)
            : throw Refused("its token has no end.");
    }

    private static MlConnectionException Refused(string why, Exception? cause = null) =>
        new(MlErrorIds.AuthenticationFailed, $"{CommandName} of Az.Accounts gave no token: {why}", MlErrorCategory.AuthenticationError, cause)
        {
            RecommendedAction = "Run Connect-AzAccount in this session, then connect again.",
        };
}
