namespace MlflowRollout.Emulator.State;

/// <summary>What a row of the resource table is. The names are stored.</summary>
internal enum ResourceKind
{
    ModelContainer,
    ModelVersion,
    EnvironmentContainer,
    EnvironmentVersion,
    CodeContainer,
    CodeVersion,
    RegistryModelContainer,
    RegistryModelVersion,
    RegistryEnvironmentContainer,
    RegistryEnvironmentVersion,
    RegistryCodeContainer,
    RegistryCodeVersion,
    Endpoint,
    Deployment,
}
