using System.Management.Automation;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.CopyMlModel;

public sealed class CopyMlModelTests : WorkspaceTest, IClassFixture<SecondEmulator>
{
    private readonly SecondEmulator _second;
    private readonly string _name;

    public CopyMlModelTests(EmulatorFixture fixture, SecondEmulator second)
        : base(fixture)
    {
        _second = second;
        _name = fixture.UniqueName("copy");
        Session.Invoke(
            """
            $first = Get-MlWorkspace
            $second = Connect-MlWorkspace -Emulator -ConnectionFile $args[2] -ErrorAction Stop
            $one = Register-MlModel $args[0] -Path $args[1] -Version 7 -Workspace $first -Description 'checked' -Stage Staging -Tag @{ approved = 'yes' } -ErrorAction Stop
            """,
            _name,
            ExampleModels.V1,
            second.Emulator.ConnectionFile).AssertSucceeded();
    }

    private MlModel Source => (MlModel)Session.GetVariable("one")!;

    [Fact]
    public void Copy_KeepsVersionHashDescriptionFlavorsStageSignatureAndTags()
    {
        MlModel copy = Session.Invoke("$one | Copy-MlModel -Destination $second").One<MlModel>();

        Assert.Equal((_name, "7", SecondEmulator.WorkspaceName), (copy.Name, copy.Version!.Value, copy.WorkspaceName));
        Assert.Equal((Source.ContentHash, Source.Description, Source.Stage, Source.ModelType), (copy.ContentHash, copy.Description, copy.Stage, copy.ModelType));
        Assert.NotNull(copy.ContentHash);
        Assert.Equal(Source.Flavors.Order(StringComparer.Ordinal), copy.Flavors.Order(StringComparer.Ordinal));
        Assert.Equal(Source.Signature!.Inputs.Select(column => column.Name), copy.Signature!.Inputs.Select(column => column.Name));
        Assert.Equal(Fixture.Emulator.Connection.WorkspaceId, copy.Tags["sourceWorkspace"]);
        Assert.Equal((_name, "7", "yes"), (copy.Tags["sourceModel"], copy.Tags["sourceVersion"], copy.Tags["approved"]));
        Assert.Contains($"/workspaces/{SecondEmulator.WorkspaceName}/datastores/", copy.ModelUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_Deployed_AnswersAsTheSourceDoes()
    {
        InvocationResult result = Session.Invoke(
            """
            foreach ($workspace in $first, $second) {
                $endpoint = New-MlEndpoint $args[0] -Workspace $workspace -ErrorAction Stop
                $model = if ($workspace -eq $first) { $one } else { $one | Copy-MlModel -Destination $second -ErrorAction Stop }
                $null = $model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic -ErrorAction Stop
                $endpoint | Invoke-MlEndpoint -RequestFile $args[1] -Raw -ErrorAction Stop
                $endpoint | Remove-MlEndpoint -Force
            }
            """,
            Fixture.UniqueName("c"),
            ExampleModels.SampleRequest);

        string[] answers = [.. result.AssertSucceeded().Output.Select(item => item.ToString()!)];
        Assert.Equal(2, answers.Length);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task Version_ThatExists_IsAnErrorAndChangesNothing()
    {
        Session.Invoke("$one | Copy-MlModel -Destination $second").AssertSucceeded();
        int before = await ChangesAsync();

        AssertError(Session.Invoke("$one | Copy-MlModel -Destination $second").Error, MlErrorIds.ModelAlreadyExists, ErrorCategory.ResourceExists, "elsewhere", "-NextVersion", "-IfExists");
        Assert.Equal("7", Session.Invoke("($one | Copy-MlModel -Destination $second -IfExists Skip).Version").One<MlVersion>().Value);

        Assert.Equal(before, await ChangesAsync());
    }

    [Fact]
    public void IfExists_OtherContent_IsRefusedWhateverIsSaid()
    {
        Session.Invoke("Register-MlModel $args[0] -Version 7 -Path $args[1] -Workspace $second", _name, ExampleModels.V2).AssertSucceeded();

        foreach (string choice in new[] { "Skip", "Update" })
        {
            AssertError(
                Session.Invoke($"$one | Copy-MlModel -Destination $second -IfExists {choice}").Error, MlErrorIds.ModelAlreadyExists, ErrorCategory.ResourceBusy, "content", "-NextVersion");
        }
    }

    [Fact]
    public void IfExistsUpdate_SameContent_BringsDescriptionAndTags()
    {
        Session.Invoke("$one | Copy-MlModel -Destination $second; $one = $one | Update-MlModel -Description newer -Tag @{ approved = 'twice' }").AssertSucceeded();

        MlModel copy = Session.Invoke("$one | Copy-MlModel -Destination $second -IfExists Update").One<MlModel>();

        Assert.Equal(("newer", "twice"), (copy.Description, copy.Tags["approved"]));
    }

    [Fact]
    public void NextVersion_UnchangedContent_IsReusedWhenAskedFor()
    {
        Session.Invoke("Register-MlModel $args[0] -Path $args[1] -Workspace $second", _name, ExampleModels.V2).AssertSucceeded();

        string[] versions = [.. Session.Invoke(
            "1..2 | ForEach-Object { ($one | Copy-MlModel -Destination $second -NextVersion -IfUnchanged Reuse).Version.Value }; ($one | Copy-MlModel -Destination $second -NextVersion).Version.Value")
            .AssertSucceeded().Output.Select(item => (string)item.BaseObject)];

        Assert.Equal(["2", "2", "3"], versions);
    }

    [Fact]
    public void Content_ThatIsThere_IsNotSentAgain()
    {
        Session.Invoke("$one | Copy-MlModel -Destination $second").AssertSucceeded();

        InvocationResult result = Session.Invoke("$one | Copy-MlModel -Destination $second -DestinationVersion 8 -Verbose");

        Assert.Contains(result.AssertSucceeded().Verbose, message => message.Contains("nothing is uploaded", StringComparison.Ordinal));
        Assert.Equal("8", result.One<MlModel>().Version!.Value);
    }

    [Fact]
    public void Model_WithoutAKnownHash_GetsOne()
    {
        Session.Invoke("$plain = Register-MlModel $args[0] -Path $one.ModelUri -Workspace $first -ErrorAction Stop", Fixture.UniqueName("uri")).AssertSucceeded();

        MlModel copy = Session.Invoke("$plain | Copy-MlModel -Destination $second").One<MlModel>();

        Assert.Null(((MlModel)Session.GetVariable("plain")!).ContentHash);
        Assert.Equal(Source.ContentHash, copy.ContentHash);
    }

    [Fact]
    public void ModelOfOneFile_IsCopied()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["weights.bin"], [.. Enumerable.Range(0, 1_000_000).Select(number => (byte)(number * 7))]);
        string name = Fixture.UniqueName("file");

        Session.Invoke(
            "Register-MlModel $args[0] -Path $args[1] -Workspace $first | Copy-MlModel -Destination $second | Save-MlModel -Path $args[2] -ErrorAction Stop",
            name, folder["weights.bin"], folder["saved"]).AssertSucceeded();

        Assert.Equal(File.ReadAllBytes(folder["weights.bin"]), File.ReadAllBytes(folder["saved/weights.bin"]));
    }

    [Fact]
    public void Names_WithTheSourceNamed_CopyUnderAnotherName()
    {
        MlModel copy = Session.Invoke("Copy-MlModel $args[0] -Workspace $first -Destination elsewhere -DestinationName \"$($args[0])-2\"", _name).One<MlModel>();

        Assert.Equal(($"{_name}-2", "7", _name), (copy.Name, copy.Version!.Value, copy.Tags["sourceModel"]));
    }

    [Fact]
    public void Destination_NotConnected_IsAnErrorThatNamesIt() =>
        AssertError(Session.Invoke("$one | Copy-MlModel -Destination third").Error, MlErrorIds.WorkspaceNotFound, ErrorCategory.ObjectNotFound, "third", "Connect-MlWorkspace");

    [Fact]
    public void Destination_Null_IsAnErrorOfAnEarlierStep() =>
        AssertError(Session.Invoke("$one | Copy-MlModel -Destination $null").Error, MlErrorIds.EarlierStepFailed, ErrorCategory.InvalidArgument, "-Destination");

    [Fact]
    public void Destination_TheSourceItself_IsRefused() =>
        AssertError(Session.Invoke("$one | Copy-MlModel -Destination $first").Error, MlErrorIds.ParameterInvalid, ErrorCategory.InvalidArgument, "onto itself");

    [Theory]
    [InlineData("-NextVersion -DestinationVersion 8")]
    [InlineData("-NextVersion -IfExists Skip")]
    [InlineData("-IfUnchanged Reuse")]
    public void Parameters_ThatExcludeEachOther_AreRefused(string parameters) =>
        AssertError(Session.Invoke($"$one | Copy-MlModel -Destination $second {parameters}").Error, MlErrorIds.ParameterConflict, ErrorCategory.InvalidArgument);

    [Fact]
    public async Task WhatIf_NamesBothWorkspacesAndChangesNothing()
    {
        int before = await ChangesAsync();
        Session.Host.TakeOutput();

        Session.Invoke("$one | Copy-MlModel -Destination $second -WhatIf").AssertSucceeded();

        string said = Session.Host.TakeOutput();
        Assert.All([$"{_name}:7", "workspace elsewhere", $"workspace {Fixture.Emulator.Connection.Workspace}"], word => Assert.Contains(word, said, StringComparison.Ordinal));
        Assert.Equal(before, await ChangesAsync());
    }

    private async Task<int> ChangesAsync()
    {
        using JsonDocument journal = JsonDocument.Parse(await _second.Emulator.Http.GetStringAsync(new Uri("emulator/requests", UriKind.Relative)));
        return journal.RootElement.GetProperty("total").GetInt32();
    }
}
