namespace MlflowRollout;

/// <summary>What a check of a request found, without sending it.</summary>
public sealed class MlRequestCheck
{
    /// <summary>True when the model would take the request.</summary>
    public bool IsValid { get; set; }

    /// <summary>Rows that were looked at; null where the form of the request does not tell.</summary>
    public int? RowCount { get; set; }

    /// <summary>Everything that is wrong, in words; empty when the request fits.</summary>
    public string[] Findings { get; set; } = [];

    /// <summary>Where the signature came from, such as <c>azureml:heart-classifier:1</c>; null when only the form was checked.</summary>
    public string? Source { get; set; }

    /// <summary>The verdict in a word or two.</summary>
    public override string ToString() => IsValid ? "valid" : Findings.Length == 1 ? "1 finding" : $"{Findings.Length} findings";
}
