using Xunit;

namespace MlflowRollout.Emulator.IntegrationTests.Support;

[CollectionDefinition(Name)]
public sealed class EmulatorCollection : ICollectionFixture<EmulatorServer>
{
    public const string Name = "emulator";
}
