using System.Management.Automation;
using MlflowRollout.Testing;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>One session of the module for tests that only look.</summary>
public sealed class ModuleFixture : IDisposable
{
    /// <summary>Opens it.</summary>
    public ModuleFixture()
    {
        Session = new ModuleSession();
        Cmdlets = [.. Session.Invoke("Get-Command -Module MlflowRollout").Values().OfType<CmdletInfo>().OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
    }

    /// <summary>The session.</summary>
    public ModuleSession Session { get; }

    /// <summary>The exported cmdlets.</summary>
    public IReadOnlyList<CmdletInfo> Cmdlets { get; }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
