using System.Runtime.CompilerServices;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Tests;

/// <summary>Set-up of the process that runs the tests.</summary>
internal static class TestProcess
{
#pragma warning disable CA2255 // A test assembly has no entry point of its own to do this in.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => RuntimeTelemetry.Disable();
}
