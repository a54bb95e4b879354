namespace MlflowRollout;

/// <summary>The stable ids of all errors. Scripts may rely on them; removing or renaming one is a breaking change.</summary>
public static class MlErrorIds
{
    /// <summary>No workspace is connected.</summary>
    public const string NotConnected = nameof(NotConnected);

    /// <summary>Several workspaces are connected and nothing says which one is meant.</summary>
    public const string WorkspaceAmbiguous = nameof(WorkspaceAmbiguous);

    /// <summary>The connection an object came from was closed, or the named one does not exist.</summary>
    public const string WorkspaceNotFound = nameof(WorkspaceNotFound);

    /// <summary>Objects of two workspaces were put together in one call.</summary>
    public const string WorkspaceMismatch = nameof(WorkspaceMismatch);

    /// <summary>The target of a connection is not fully named.</summary>
    public const string ConnectionTargetIncomplete = nameof(ConnectionTargetIncomplete);

    /// <summary>A connection file or config.json cannot be used.</summary>
    public const string ConnectionFileInvalid = nameof(ConnectionFileInvalid);

    /// <summary>No usable credential, or the service refused it (401).</summary>
    public const string AuthenticationFailed = nameof(AuthenticationFailed);

    /// <summary>The identity lacks a right (403).</summary>
    public const string AccessDenied = nameof(AccessDenied);

    /// <summary>DNS, TLS or transport failure.</summary>
    public const string ServiceUnreachable = nameof(ServiceUnreachable);

    /// <summary>429 after retries.</summary>
    public const string ServiceThrottled = nameof(ServiceThrottled);

    /// <summary>5xx after retries.</summary>
    public const string ServiceUnavailable = nameof(ServiceUnavailable);

    /// <summary>The service refused the request (400 with its reasons).</summary>
    public const string RequestRefused = nameof(RequestRefused);

    /// <summary>409 or 412, or another writer's change was found.</summary>
    public const string ResourceConflict = nameof(ResourceConflict);

    /// <summary>A reply does not fit the contract.</summary>
    public const string UnexpectedResponse = nameof(UnexpectedResponse);

    /// <summary>A deadline for waiting passed.</summary>
    public const string OperationTimedOut = nameof(OperationTimedOut);

    /// <summary>An operation ended as failed or canceled.</summary>
    public const string OperationFailed = nameof(OperationFailed);

    /// <summary>An awaited state can no longer come.</summary>
    public const string StateUnreachable = nameof(StateUnreachable);

    /// <summary>A null came from an earlier step.</summary>
    public const string EarlierStepFailed = nameof(EarlierStepFailed);

    /// <summary>A parameter value breaks a rule that has no id of its own.</summary>
    public const string ParameterInvalid = nameof(ParameterInvalid);

    /// <summary>A dangerous change asks first, and the host cannot ask.</summary>
    public const string ConfirmationUnavailable = nameof(ConfirmationUnavailable);

    /// <summary>Parameters that exclude each other.</summary>
    public const string ParameterConflict = nameof(ParameterConflict);

    /// <summary>A name breaks the service's naming rule.</summary>
    public const string NameInvalid = nameof(NameInvalid);

    /// <summary>A duration cannot be read.</summary>
    public const string DurationInvalid = nameof(DurationInvalid);

    /// <summary>A file or folder does not exist or is not of the kind asked for.</summary>
    public const string PathNotFound = nameof(PathNotFound);

    /// <summary>A file or folder that is to be made exists already.</summary>
    public const string PathAlreadyExists = nameof(PathAlreadyExists);

    /// <summary>A file or folder cannot be written.</summary>
    public const string PathNotWritable = nameof(PathNotWritable);

    /// <summary>A definition file is neither YAML nor JSON.</summary>
    public const string DefinitionParseFailed = nameof(DefinitionParseFailed);

    /// <summary>A definition file has unknown keys, or values that its keys do not take.</summary>
    public const string DefinitionInvalid = nameof(DefinitionInvalid);

    /// <summary>A file cannot be parsed as YAML or JSON.</summary>
    public const string ManifestParseFailed = nameof(ManifestParseFailed);

    /// <summary>A file parses and breaks its schema.</summary>
    public const string ManifestInvalid = nameof(ManifestInvalid);

    /// <summary>No such endpoint.</summary>
    public const string EndpointNotFound = nameof(EndpointNotFound);

    /// <summary>The endpoint exists in this workspace.</summary>
    public const string EndpointAlreadyExists = nameof(EndpointAlreadyExists);

    /// <summary>The endpoint name is taken by somebody else in the region.</summary>
    public const string EndpointNameTaken = nameof(EndpointNameTaken);

    /// <summary>An endpoint operation ended as failed.</summary>
    public const string EndpointFailed = nameof(EndpointFailed);

    /// <summary>Keys were asked of a token endpoint, or a token of a key endpoint.</summary>
    public const string EndpointAuthModeMismatch = nameof(EndpointAuthModeMismatch);

    /// <summary>No such deployment.</summary>
    public const string DeploymentNotFound = nameof(DeploymentNotFound);

    /// <summary>The deployment exists.</summary>
    public const string DeploymentAlreadyExists = nameof(DeploymentAlreadyExists);

    /// <summary>The deployment that exists is not the one asked for.</summary>
    public const string DeploymentDiffers = nameof(DeploymentDiffers);

    /// <summary>A deployment ended as failed; the error carries the last log lines.</summary>
    public const string DeploymentFailed = nameof(DeploymentFailed);

    /// <summary>The deployment has live or mirrored traffic.</summary>
    public const string DeploymentHasTraffic = nameof(DeploymentHasTraffic);

    /// <summary>The deployment has not succeeded, so it cannot take traffic.</summary>
    public const string DeploymentNotReady = nameof(DeploymentNotReady);

    /// <summary>Weights that break a rule.</summary>
    public const string TrafficWeightsInvalid = nameof(TrafficWeightsInvalid);

    /// <summary>The weights are not those that the caller expected.</summary>
    public const string TrafficNotAsExpected = nameof(TrafficNotAsExpected);

    /// <summary>The weights read back are not those that were set.</summary>
    public const string TrafficNotVerified = nameof(TrafficNotVerified);

    /// <summary>Another deployment has traffic, so <c>-AllTraffic</c> is refused.</summary>
    public const string TrafficInUse = nameof(TrafficInUse);

    /// <summary>No such model or version.</summary>
    public const string ModelNotFound = nameof(ModelNotFound);

    /// <summary>The model version exists.</summary>
    public const string ModelAlreadyExists = nameof(ModelAlreadyExists);

    /// <summary>The files of a registered model are gone or out of reach.</summary>
    public const string ModelFilesNotFound = nameof(ModelFilesNotFound);

    /// <summary>The files of a model are not those that were registered.</summary>
    public const string ModelContentMismatch = nameof(ModelContentMismatch);

    /// <summary>A deployment uses the model version.</summary>
    public const string ModelInUse = nameof(ModelInUse);

    /// <summary>A model reference cannot be read.</summary>
    public const string ModelReferenceInvalid = nameof(ModelReferenceInvalid);

    /// <summary>A model folder is not a usable MLflow model.</summary>
    public const string ModelFolderInvalid = nameof(ModelFolderInvalid);

    /// <summary>The model has no flavor that can be served without code.</summary>
    public const string ModelNotServable = nameof(ModelNotServable);

    /// <summary>An environment is not registered.</summary>
    public const string EnvironmentNotFound = nameof(EnvironmentNotFound);

    /// <summary>A reference to an environment has none of the known forms.</summary>
    public const string EnvironmentReferenceInvalid = nameof(EnvironmentReferenceInvalid);

    /// <summary>An environment to register cannot be used: its conda file, its build context, its routes.</summary>
    public const string EnvironmentInvalid = nameof(EnvironmentInvalid);

    /// <summary>Packaging a model failed.</summary>
    public const string PackagingFailed = nameof(PackagingFailed);

    /// <summary>Code is not registered.</summary>
    public const string CodeNotFound = nameof(CodeNotFound);

    /// <summary>Code of a deployment cannot be used: its folder, its reference, its scoring script.</summary>
    public const string CodeInvalid = nameof(CodeInvalid);

    /// <summary>The model has no signature, or none can be found.</summary>
    public const string SignatureNotFound = nameof(SignatureNotFound);

    /// <summary>Live deployments have different signatures.</summary>
    public const string SignatureAmbiguous = nameof(SignatureAmbiguous);

    /// <summary>A request does not fit the model's signature.</summary>
    public const string RequestInvalid = nameof(RequestInvalid);

    /// <summary>A row does not fit the model's signature.</summary>
    public const string RowInvalid = nameof(RowInvalid);

    /// <summary>The model answered with an error (424).</summary>
    public const string ModelError = nameof(ModelError);

    /// <summary>The model took longer than the deployment's request time-out (408).</summary>
    public const string ScoringTimedOut = nameof(ScoringTimedOut);

    /// <summary>The endpoint has no deployment with traffic (404).</summary>
    public const string NoTraffic = nameof(NoTraffic);

    /// <summary>A scoring request failed otherwise.</summary>
    public const string ScoringFailed = nameof(ScoringFailed);

    /// <summary>More rows failed than <c>-MaxErrors</c> allows.</summary>
    public const string TooManyErrors = nameof(TooManyErrors);

    /// <summary>The emulator's package is not installed.</summary>
    public const string EmulatorNotInstalled = nameof(EmulatorNotInstalled);

    /// <summary>The .NET runtime that the emulator needs is missing.</summary>
    public const string EmulatorRuntimeMissing = nameof(EmulatorRuntimeMissing);

    /// <summary>The emulator did not start; the message has its own words.</summary>
    public const string EmulatorStartFailed = nameof(EmulatorStartFailed);

    /// <summary>No emulator is running.</summary>
    public const string EmulatorNotRunning = nameof(EmulatorNotRunning);

    /// <summary>The port is used by another program.</summary>
    public const string EmulatorPortInUse = nameof(EmulatorPortInUse);

    /// <summary>The emulator lacks the feature.</summary>
    public const string EmulatorNotSupported = nameof(EmulatorNotSupported);
}
