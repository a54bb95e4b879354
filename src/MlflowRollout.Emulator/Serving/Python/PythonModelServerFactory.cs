using MlflowRollout.Emulator.Serving.Description;

namespace MlflowRollout.Emulator.Serving.Python;

/// <summary>Starts <see cref="PythonModelServer"/>s for one flavor.</summary>
internal sealed class PythonModelServerFactory(string flavor, InterpreterSearch interpreters, ProcessStarter starter) : IModelServerFactory
{
    public string Flavor => flavor;

    public async Task<IModelServer> StartAsync(ModelServerContext context, CancellationToken cancellationToken)
    {
        var log = context.Log;
        var model = context.Model;
        var plan = PythonPlan.Create(model, flavor, text => log.Write('W', text));
        var requirements = ModelRequirements.Of(plan);
        log.Write('I', $"Serving the flavor {flavor} in {context.Specification.InstanceCount} Python worker(s); needs: {string.Join(", ", requirements.Modules)}");
        var interpreter = await interpreters.FindAsync(requirements, context.Specification.ModelText, log, cancellationToken).ConfigureAwait(false);
        foreach (var note in requirements.Mismatches(interpreter.Found))
        {
            log.Write('W', note);
        }

        var settings = WorkerSettings.For(context.Specification.RequestTimeout);
        var launcher = new PythonWorkerLauncher(starter, interpreter, plan, context, settings);
        var example = ModelExample.Find(model, plan);
        PythonModelServer server;
        try
        {
            server = await PythonModelServer.StartAsync(launcher, plan, SwaggerDocument.Create(model, plan, example), context, settings, cancellationToken).ConfigureAwait(false);
        }
        catch (WorkerStartException failure)
        {
            throw new DeploymentStartException(StartFailure.NotReady, StartFailure.Crashed(failure.Message), failure);
        }

        try
        {
            if (example is null)
            {
                log.Write('I', "Readiness probe: the workers answer; the model has neither example nor signature to score");
            }
            else
            {
                await Probe.RunAsync(server, example, context, cancellationToken).ConfigureAwait(false);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
