using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using MlflowRollout.Emulator.Arm.Assets;
using MlflowRollout.Emulator.Faults;
using MlflowRollout.Emulator.Hosting;
using MlflowRollout.Emulator.Operations;
using MlflowRollout.Emulator.State;

namespace MlflowRollout.Emulator.Arm.Packages;

/// <summary>Packaging: a model version becomes an environment version of the workspace that serves it.</summary>
internal sealed class PackageRoutes(EmulatorContext context, AssetCollection models, OperationRunner runner)
{
    private static readonly AssetCollection Environments = AssetCollection.Environments;

    public IEnumerable<ArmRoute> All => [new("POST", models.VersionTemplate + "/package", PackageAsync)];

    private async Task<ArmReply> PackageAsync(ArmRequest request)
    {
        string name = request.Route("asset");
        string version = request.Route("version");
        JsonObject source = await request.ReadObjectAsync();
        PackageRequest asked = PackageRequest.Read(source, context.Identity);
        string? fault = FaultBoard.ForOperation(request.Http);
        OperationRecord operation = await context.Database.WriteAsync(
            connection => Accept(connection, AssetTable.RequireVersion(connection, models, name, version), asked, fault),
            request.Aborted);
        runner.Start(operation);
        return ArmReply.Empty(202) with { Headers = OperationLinks.ForAccepted(context, operation.Id, request.ApiVersion) };
    }

    private OperationRecord Accept(SqliteConnection connection, ResourceRecord model, PackageRequest asked, string? fault)
    {
        if (model.State != ProvisioningStates.Succeeded)
        {
            throw ArmErrors.Conflict($"The {models.Describe(model.Parent, model.Name)} is in {model.State} provisioning state. Wait until it has Succeeded.", model.Name);
        }

        asked.CheckAssets(connection, context);
        string version = asked.Version ?? AssetBody.NextVersion(AssetTable.FindContainer(connection, Environments, asked.Name));
        if (AssetTable.FindVersion(connection, Environments, asked.Name, version) is not null)
        {
            throw ArmErrors.Conflict($"The {Environments.Describe(asked.Name, version)} exists already. Package into another version, or leave the version out.", "targetEnvironmentVersion");
        }

        string id = models.VersionId(context.Identity, model.Parent, model.Name);
        string modelUri = model.Properties["modelUri"]!.GetValue<string>();
        JsonObject body = AssetBody.Version(
            Environments.Kind,
            Environments.Describe(asked.Name, version),
            new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["description"] = $"A package of model {model.Parent}, version {model.Name}.",
                    ["image"] = $"emulator.azurecr.io/packages/{asked.Name.ToLowerInvariant()}:{version}",
                    ["tags"] = asked.Tags?.DeepClone(),
                },
            },
            null);
        body[PackageRequest.Member] = asked.Stored(id, modelUri);
        OperationRecord operation = new(
            OperationLinks.NewId(context, OperationKind.ModelPackage),
            OperationKind.ModelPackage,
            string.Empty,
            null,
            ProvisioningStates.Creating,
            State.OperationStatus.Running,
            context.Now,
            Fault: fault,
            Detail: new AssetOperationDetail(Environments, asked.Name, version, new JsonObject
            {
                ["model"] = id,
                ["modelUri"] = modelUri,
                ["response"] = asked.Response(context.Identity, version),
            }).ToJson());
        AssetTable.PutVersion(connection, Environments, asked.Name, version, body, null, new AssetState(operation.RunningState, operation.Id, context.Now));
        OperationTable.Insert(connection, operation);
        return operation;
    }
}
