using System.Management.Automation;
using MlflowRollout.Testing;
using Xunit.Sdk;

namespace MlflowRollout.Help.IntegrationTests;

/// <summary>Every runnable block runs as it stands, in a session of its document, against emulators that the document starts.</summary>
public sealed class RunnableBlockTests
{
    public static TheoryData<string> Documents { get; } = [.. DocumentBlocks.Documents().Where(document => DocumentBlocks.Runnable(document).Count > 0)];

    [Fact]
    public void Documents_All_IncludeEveryCmdletAndGuide()
    {
        Assert.True(Documents.Count >= 30, $"Only {Documents.Count} documents have runnable blocks.");
        Assert.All(
            DocumentBlocks.Documents().Where(document => document.StartsWith("docs/en-US/", StringComparison.Ordinal) && !document.Contains("about_", StringComparison.Ordinal)),
            document => Assert.NotEmpty(DocumentBlocks.Runnable(document)));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Blocks_InOrder_Succeed(string document)
    {
        using var session = new ModuleSession(new ModuleSessionOptions { Interactive = false });
        session.Invoke("Set-Location $args[0]", RepositoryPaths.Root).AssertSucceeded();
        try
        {
            foreach (RunnableBlock block in DocumentBlocks.Runnable(document))
            {
                // Dot-sourced, so that variables of one block are there in the next.
                InvocationResult result = session.Invoke($". {{\n{block.Code}\n}}");
                if (result.Errors.Count > 0)
                {
                    throw new XunitException($"{document}({block.Line}) failed:\n{block.Code}\n\n{result.Describe()}");
                }
            }
        }
        finally
        {
            EndWhatWasStarted(session);
        }
    }

    private static void EndWhatWasStarted(ModuleSession session)
    {
        session.Invoke("Get-MlWorkspace | Disconnect-MlWorkspace");
        if (session.GetVariable("emulator") is { } emulator)
        {
            string? connectionFile = PSObject.AsPSObject(emulator).Properties["ConnectionFile"]?.Value as string;
            session.Invoke("Get-MlEmulator | Where-Object ConnectionFile -eq $args[0] | Stop-MlEmulator", connectionFile);
        }
    }
}
