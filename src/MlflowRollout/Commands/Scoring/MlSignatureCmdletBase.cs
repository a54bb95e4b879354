using System.Collections;
using MlflowRollout.Errors;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that make or check requests by a signature, which several things can give.</summary>
public abstract class MlSignatureCmdletBase : MlConnectedCmdletBase
{
    /// <summary>The signature of what an endpoint or deployment runs.</summary>
    private protected async Task<MlModelSignature> SignatureOfTargetAsync(
        EndpointReference? endpoint, DeploymentReference? deployment, CancellationToken cancellationToken)
    {
        EndpointTarget target = EndpointTarget.From(endpoint, deployment);
        IMlScoringClient scoring = await Resolve(isChange: false, target.Origins)
            .OpenScoringAsync(target.EndpointName, target.DeploymentName, Context, cancellationToken).ConfigureAwait(false);
        return await scoring.GetSignatureAsync(cancellationToken).ConfigureAwait(false) ?? throw NoSignature($"the model behind {target}");
    }

    /// <summary>The signature of a model of the workspace.</summary>
    private protected async Task<MlModelSignature> SignatureOfModelAsync(ModelReference reference, CancellationToken cancellationToken)
    {
        if (reference.Model?.Signature is { } known)
        {
            return known;
        }

        IMlModelClient models = Resolve(isChange: false, reference.Origin).Models;
        MlModel model = reference.Model ?? await models.ResolveAsync(reference.Text, cancellationToken).ConfigureAwait(false);
        return await models.GetSignatureAsync(model, cancellationToken).ConfigureAwait(false) ?? throw NoSignature($"model '{reference.Text}'");
    }

    /// <summary>The signature of a model folder on this machine.</summary>
    private protected static MlModelSignature SignatureOfFolder(string folder) =>
        Engine.Requests.ReadSignature(folder) ?? throw NoSignature($"the model in '{folder}'");

    /// <summary>The signature that <c>-ColumnType</c> spells out; parameters beside it are taken as they are, since nothing says their types.</summary>
    private protected static MlModelSignature SignatureOfColumnTypes(IDictionary types, IDictionary? parameters)
    {
        MlModelSignature signature = ColumnTypes.ToSignature(types);
        signature.Parameters = [.. (InferenceParameters.Of(parameters) ?? []).Keys.Select(name => new MlColumn { Name = name, Required = false })];
        return signature;
    }

    /// <summary>Ends the pipeline with an error.</summary>
    private protected void End(MlException error) => ThrowTerminatingError(ErrorRecordFactory.Create(error));

    /// <summary>Runs work without which nothing else can succeed.</summary>
    private protected void RunOrEnd(Func<CancellationToken, Task> work)
    {
        MlException? error = null;
        Run(async cancellationToken =>
        {
            try
            {
                await work(cancellationToken).ConfigureAwait(false);
            }
            catch (MlException e)
            {
                error = e;
            }
        });
        if (error is not null)
        {
            End(error);
        }
    }

    private static MlValidationException NoSignature(string what) => new(
        MlErrorIds.SignatureNotFound, $"The signature of {what} cannot be found, so nothing says how to convert the values of the rows.", MlErrorCategory.ObjectNotFound)
    {
        RecommendedAction = "Name the columns and their types with -ColumnType, as in @{ age = 'long'; thal = 'string' }.",
    };
}
