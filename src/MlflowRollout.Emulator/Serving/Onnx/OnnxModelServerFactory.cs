using Microsoft.ML.OnnxRuntime;
using MlflowRollout.Emulator.Serving.Description;

namespace MlflowRollout.Emulator.Serving.Onnx;

/// <summary>Starts <see cref="OnnxModelServer"/>s.</summary>
internal sealed class OnnxModelServerFactory(OnnxSessionCache sessions) : IModelServerFactory
{
    public const string FlavorName = "onnx";
    private const string DefaultFile = "model.onnx";

    public string Flavor => FlavorName;

    public async Task<IModelServer> StartAsync(ModelServerContext context, CancellationToken cancellationToken)
    {
        var model = context.Model;
        var flavor = model.Flavors[FlavorName];
        var relative = flavor["data"] ?? DefaultFile;
        var path = model.Resolve("flavors.onnx.data", relative);
        if (!File.Exists(path))
        {
            throw new DeploymentStartException(
                StartFailure.BadArgument, $"The model's onnx flavor names the file '{relative}', which is not in the model folder.");
        }

        context.Log.Write('I', $"Loading ONNX model '{relative}' (onnx {flavor["onnx_version"] ?? "of unknown version"}) in process");
        OnnxSessionCache.Lease lease;
        try
        {
            lease = await Task.Run(() => sessions.Open(path), cancellationToken).ConfigureAwait(false);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new DeploymentStartException(StartFailure.NotReady, StartFailure.Crashed($"the ONNX file '{relative}' does not load: {failure.Message}"), failure);
        }

        OnnxModelServer? server = null;
        try
        {
            var plan = OnnxPlan.Create(lease.Session, model, text => context.Log.Write('W', text));
            context.Log.Write('I', $"Inputs: {string.Join(", ", plan.Inputs.Select(i => i.Name))}; answers with: {string.Join(", ", plan.Outputs.Select(o => o.Name))} ({plan.Shape})");
            var example = ModelExample.Of(model, plan);
            server = new OnnxModelServer(lease, plan, SwaggerDocument.Create(model, plan, example), context.Time, context.Specification.RequestTimeout);
            await Probe.RunAsync(server, example, context, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            if (server is null)
            {
                lease.Dispose();
            }
            else
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }
}
