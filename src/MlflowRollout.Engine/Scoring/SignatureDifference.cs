namespace MlflowRollout.Engine.Scoring;

/// <summary>Compares the inputs of two deployments.</summary>
internal static class SignatureDifference
{
    /// <summary>The columns that differ; null when the same rows fit both.</summary>
    public static string? Describe(string leftName, MlModelSignature left, string rightName, MlModelSignature right)
    {
        if (left.IsTensor != right.IsTensor)
        {
            return $"'{(left.IsTensor ? leftName : rightName)}' takes tensors and '{(left.IsTensor ? rightName : leftName)}' a table.";
        }

        List<string> differences = [];
        Dictionary<string, MlColumn> others = right.Inputs.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (MlColumn column in left.Inputs)
        {
            if (!others.Remove(column.Name, out MlColumn? other))
            {
                differences.Add($"'{column.Name}' is taken by '{leftName}' only");
            }
            else if (column.Type != other.Type || column.Required != other.Required || !column.Shape.AsSpan().SequenceEqual(other.Shape))
            {
                differences.Add($"'{column.Name}' is {Text(column)} for '{leftName}' and {Text(other)} for '{rightName}'");
            }
        }

        differences.AddRange(others.Keys.Select(name => $"'{name}' is taken by '{rightName}' only"));
        return differences.Count == 0 ? null : string.Join("; ", differences) + ".";
    }

    private static string Text(MlColumn column) =>
        $"{column.Type}{(column.Shape.Length > 0 ? $"[{string.Join(",", column.Shape)}]" : string.Empty)}{(column.Required ? string.Empty : " (optional)")}";
}
