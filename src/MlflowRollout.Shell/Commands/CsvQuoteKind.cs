namespace MlflowRollout.Shell.Commands;

/// <summary>Which values of a CSV file stand in quotes.</summary>
public enum CsvQuoteKind
{
    /// <summary>None, even where that changes what is read back.</summary>
    Never,

    /// <summary>All.</summary>
    Always,

    /// <summary>Those that hold a delimiter, a quote or the end of a line.</summary>
    AsNeeded,
}
