using MlflowRollout.Engine.Emulators;
using MlflowRollout.Engine.Tests.Support;
using MlflowRollout.Services;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Engine.Tests.Connections;

public sealed class EmulatorControlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_SeveralVersions_TakesTheNewestOfTheFirstFolder()
    {
        _folder.Write("one/MlflowRollout.Emulator/0.9.0/bin/MlflowRollout.Emulator.dll", "x");
        string newest = _folder.Write("one/MlflowRollout.Emulator/0.10.0/bin/MlflowRollout.Emulator.dll", "x");
        _folder.Write("two/MlflowRollout.Emulator/9.0.0/bin/MlflowRollout.Emulator.dll", "x");

        Assert.Equal(newest, EmulatorPackage.Find(new MlEmulatorOptions { PackageFolders = [_folder["none"], _folder["one"], _folder["two"]] }));
    }

    [Fact]
    public async Task StartAsync_NoPackage_SaysHowToInstallIt()
    {
        MlConnectionException error = await Assert.ThrowsAsync<MlConnectionException>(
            () => Control(_ => null).StartAsync(new MlEmulatorOptions { PackageFolders = [_folder["none"]] }, new RecordingContext(), default));

        Assert.Equal(MlErrorIds.EmulatorNotInstalled, error.ErrorId);
        Assert.Contains("Install-Module", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("echo 'You must install or update .NET to run this application.' >&2; exit 150", MlErrorIds.EmulatorRuntimeMissing, "aspnetcore-runtime")]
    [InlineData("echo 'Port 1 is in use' >&2; exit 3", MlErrorIds.EmulatorPortInUse, "-Port")]
    [InlineData("echo 'The data folder is in use' >&2; exit 4", MlErrorIds.EmulatorStartFailed, "-DataFolder")]
    [InlineData("exit 0", MlErrorIds.EmulatorStartFailed, "-DataFolder")]
    public async Task StartAsync_ProcessEnds_ErrorHasItsWordsAndTheWayOut(string script, string errorId, string wayOut)
    {
        Skip.If(OperatingSystem.IsWindows(), "The stand-in for dotnet is a shell script.");
        _folder.Write("packages/MlflowRollout.Emulator/1.0.0/bin/MlflowRollout.Emulator.dll", "x");
        MakeHost(script);

        MlConnectionException error = await Assert.ThrowsAsync<MlConnectionException>(
            () => Control(name => name is "DOTNET_ROOT" or "PATH" ? _folder["host"] : null)
                .StartAsync(new MlEmulatorOptions { PackageFolders = [_folder["packages"]], DataFolder = _folder["data"], Port = 1 }, new RecordingContext(), default));

        Assert.Equal((errorId, true), (error.ErrorId, error.IsTerminating));
        Assert.Contains(wayOut, error.RecommendedAction!, StringComparison.Ordinal);
        if (script.Split('\'') is [_, var words, ..])
        {
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task StartAsync_EphemeralOnANamedFolderFails_LeavesTheFolderAlone()
    {
        Skip.If(OperatingSystem.IsWindows(), "The stand-in for dotnet is a shell script.");
        _folder.Write("packages/MlflowRollout.Emulator/1.0.0/bin/MlflowRollout.Emulator.dll", "x");
        string mine = _folder.Write("mine/thesis.txt", "years of work");
        MakeHost("echo 'The folder holds files that are not an emulator' >&2; exit 5");

        await Assert.ThrowsAsync<MlConnectionException>(() => Control(name => name is "DOTNET_ROOT" or "PATH" ? _folder["host"] : null).StartAsync(
            new MlEmulatorOptions { PackageFolders = [_folder["packages"]], DataFolder = _folder["mine"], Ephemeral = true }, new RecordingContext(), default));

        Assert.True(File.Exists(mine));
    }

    [Fact]
    public async Task StartAsync_NoLeave_StartsNothing()
    {
        _folder.Write("packages/MlflowRollout.Emulator/1.0.0/bin/MlflowRollout.Emulator.dll", "x");
        _folder.Write(OperatingSystem.IsWindows() ? "host/dotnet.exe" : "host/dotnet", "never run");

        Assert.Null(await Control(name => name == "DOTNET_ROOT" ? _folder["host"] : null)
            .StartAsync(new MlEmulatorOptions { PackageFolders = [_folder["packages"]], DataFolder = _folder["data"] }, new RecordingContext { Answer = false }, default));
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task ListAsync_StaleEntries_AreLeftOutAndForgotten()
    {
        EmulatorRegistry registry = new(_folder.Path);
        registry.Add(new EmulatorRegistry.Entry(_folder["gone.json"], _folder["gone"], int.MaxValue - 1, IsEphemeral: false));

        Assert.Empty(await Control(_ => null).ListAsync(default));
        Assert.Empty(registry.Read());
    }

    private EmulatorControl Control(Func<string, string?> environment) => new(_folder.Path, TimeProvider.System, environment);

    private void MakeHost(string script)
    {
        string host = _folder.Write("host/dotnet", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(host, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
