using System.Management.Automation;

namespace MlflowRollout.Commands;

/// <summary>Makes the output of <c>-As Row</c>: a copy of the row in its own order, with the result added.</summary>
internal static class RowOutput
{
    private static readonly string[] Added = [nameof(MlPrediction.Prediction), nameof(MlPrediction.Deployment), nameof(MlPrediction.RequestId), nameof(MlPrediction.Error)];

    /// <summary>
    /// The row with its result. A column of the row that has the name of an added one is kept under <c>Input</c> and its name, since scripts read the result by
    /// name.
    /// </summary>
    internal static PSObject Of(MlPrediction prediction)
    {
        var output = new PSObject();
        if (prediction.Input is { } input)
        {
            foreach ((string name, object? value) in RowColumns.Of(PSObject.AsPSObject(input)))
            {
                string kept = Added.Contains(name, StringComparer.OrdinalIgnoreCase) ? "Input" + name : name;
                output.Properties.Add(new PSNoteProperty(kept, value), preValidated: true);
            }
        }

        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Prediction), prediction.Prediction), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Deployment), prediction.Deployment), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.RequestId), prediction.RequestId), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Error), prediction.Error), preValidated: true);
        return output;
    }
}
