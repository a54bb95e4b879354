using System.Management.Automation;
using System.Security;
using MlflowRollout.Parameters;

namespace MlflowRollout.Tests.Parameters;

public class ReferenceTests
{
    private static readonly MlEndpoint Endpoint = new() { Name = "heart", ConnectionId = "c1", WorkspaceName = "ws", Traffic = new([new("blue", 90), new("green", 10)]) };
    private static readonly MlDeployment Deployment = new() { Name = "green", EndpointName = "heart", ModelName = "m", ModelVersion = new("3"), ConnectionId = "c1", WorkspaceName = "ws" };
    private static readonly MlModel Model = new() { Name = "m", Version = new("3"), ConnectionId = "c1", WorkspaceName = "ws" };
    private static readonly MlTraffic Traffic = new() { EndpointName = "heart", ConnectionId = "c1", WorkspaceName = "ws" };
    private static readonly MlEndpointKey Key = new() { EndpointName = "heart", ConnectionId = "c1", WorkspaceName = "ws", Key = Secret() };
    private static readonly MlEndpointToken Token = new() { EndpointName = "heart", ConnectionId = "c1", WorkspaceName = "ws", Token = Secret() };
    private static readonly MlLogLine Line = new() { EndpointName = "heart", DeploymentName = "green" };
    private static readonly MlWorkspace Workspace = new() { Name = "ws", ConnectionId = "c1" };

    public static TheoryData<object> EndpointBearers => [Endpoint, Deployment, Traffic, Key, Token, Line, Bag(Endpoint), Bag(Deployment), Bag(Traffic), Bag(Line)];

    public static TheoryData<object> DeploymentBearers => [Deployment, Line, Bag(Deployment), Bag(Line)];

    public static TheoryData<object> ModelBearers => [Model, Bag(Model)];

    public static TheoryData<object> WorkspaceBearers => [Workspace, Bag(Workspace)];

    [Theory]
    [MemberData(nameof(EndpointBearers))]
    public void Endpoint_FromWhateverCarriesItsName_AlsoFromAJob(object bearer)
    {
        var reference = LanguagePrimitives.ConvertTo<EndpointReference>(bearer);
        Assert.Equal("heart", reference.Name);
        Assert.Equal(PSObject.AsPSObject(bearer).Properties["ConnectionId"]?.Value, reference.Origin.ConnectionId);
    }

    [Theory]
    [MemberData(nameof(DeploymentBearers))]
    public void Deployment_FromWhateverCarriesItsName_AlsoFromAJob(object bearer)
    {
        var reference = LanguagePrimitives.ConvertTo<DeploymentReference>(bearer);
        Assert.Equal(("green", "heart"), (reference.Name, reference.EndpointName));
    }

    [Theory]
    [MemberData(nameof(ModelBearers))]
    public void Model_FromAModel_AlsoFromAJob(object bearer)
    {
        var reference = LanguagePrimitives.ConvertTo<ModelReference>(bearer);
        Assert.Equal("azureml:m:3", reference.Text);
        Assert.Equal("c1", reference.Origin.ConnectionId);
    }

    [Theory]
    [MemberData(nameof(WorkspaceBearers))]
    public void Workspace_FromAWorkspace_AlsoFromAJob(object bearer)
    {
        var reference = LanguagePrimitives.ConvertTo<WorkspaceReference>(bearer);
        Assert.Equal(("ws", "c1"), (reference.Name, reference.ConnectionId));
    }

    [Fact]
    public void Reference_FromWhatDoesNotCarryIt_IsRefused()
    {
        Assert.False(LanguagePrimitives.TryConvertTo<EndpointReference>(Model, out _));
        Assert.False(LanguagePrimitives.TryConvertTo<DeploymentReference>(Endpoint, out _));
        Assert.False(LanguagePrimitives.TryConvertTo<ModelReference>(Deployment, out _));
        Assert.False(LanguagePrimitives.TryConvertTo<ModelReference>(Endpoint, out _));
        Assert.False(LanguagePrimitives.TryConvertTo<WorkspaceReference>(Endpoint, out _));
    }

    [Fact]
    public void Reference_FromText_IsTheName()
    {
        Assert.Equal("heart", LanguagePrimitives.ConvertTo<EndpointReference>("heart").Name);
        Assert.Equal("heart", LanguagePrimitives.ConvertTo<EndpointReference>(PSObject.AsPSObject("heart")).Name);
        Assert.Null(LanguagePrimitives.ConvertTo<DeploymentReference>("green").EndpointName);
        Assert.Equal("m@latest", LanguagePrimitives.ConvertTo<ModelReference>("m@latest").Text);
    }

    public static TheoryData<object> PipelineModels =>
    [
        Endpoint, Deployment, Model, Traffic, Line, Workspace, new MlProbe(), new MlEmulator(), new MlModelSignature(), new MlPrediction(), new MlModelRequest(),
        Key, Token,
    ];

    [Theory]
    [MemberData(nameof(PipelineModels))]
    public void Model_ThroughPSSerializer_KeepsItsProperties(object model)
    {
        PSObject bag = Bag(model);
        Assert.Contains("Deserialized." + model.GetType().FullName, bag.TypeNames);
        foreach (var property in model.GetType().GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            Assert.Equal(property.GetValue(model), bag.Properties[property.Name]?.Value);
        }
    }

    private static SecureString Secret()
    {
        var secret = new SecureString();
        secret.AppendChar('x');
        return secret;
    }

    private static PSObject Bag(object value) => PSObject.AsPSObject(PSSerializer.Deserialize(PSSerializer.Serialize(value)));
}
