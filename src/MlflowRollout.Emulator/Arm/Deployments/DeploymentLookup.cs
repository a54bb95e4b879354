using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Endpoints;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Deployments;

/// <summary>Finds a deployment together with its endpoint, or refuses in the service's words.</summary>
internal static class DeploymentLookup
{
    public static (ResourceRecord Endpoint, ResourceRecord Deployment) Require(EmulatorContext context, ArmRequest request) =>
        context.Database.Read(connection => Require(connection, context, request));

    public static (ResourceRecord Endpoint, ResourceRecord Deployment) Require(SqliteConnection connection, EmulatorContext context, ArmRequest request)
    {
        ResourceRecord endpoint = EndpointLookup.Require(connection, request.Route("endpoint"));
        ResourceRecord deployment = ResourceTable.Find(connection, ResourceKind.Deployment, endpoint.Key, ResourceNames.Key(request.Route("deployment")))
            ?? throw Missing(context, endpoint, request.Route("deployment"));
        return (endpoint, deployment);
    }

    public static ArmException Missing(EmulatorContext context, ResourceRecord endpoint, string name) =>
        ArmErrors.DeploymentNotFound(name, endpoint.Name, context.Identity.Workspace);
}
