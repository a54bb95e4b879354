using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests;

/// <summary>The tests that share one emulator.</summary>
[CollectionDefinition("emulator")]
public sealed class EmulatorCollection : ICollectionFixture<EmulatorFixture>;
