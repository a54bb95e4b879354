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
        PSObject output = Copy(prediction.Input);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Prediction), prediction.Prediction), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Deployment), prediction.Deployment), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.RequestId), prediction.RequestId), preValidated: true);
        output.Properties.Add(new PSNoteProperty(nameof(MlPrediction.Error), prediction.Error), preValidated: true);
        return output;
    }

    private static PSObject Copy(object? input)
    {
        if (input is null)
        {
            return new PSObject();
        }

        // The common case, rows of a CSV file: a copy by PowerShell itself is several times faster than one by property.
        PSObject row = PSObject.AsPSObject(input);
        if (row.BaseObject is PSCustomObject && !Array.Exists(Added, name => row.Properties[name] is not null))
        {
            return row.Copy();
        }

        var output = new PSObject();
        foreach ((string name, object? value) in RowColumns.Of(row))
        {
            string kept = Added.Contains(name, StringComparer.OrdinalIgnoreCase) ? "Input" + name : name;
            output.Properties.Add(new PSNoteProperty(kept, value), preValidated: true);
        }

        return output;
    }
}
