namespace MlflowRollout.HelpCompiler;

/// <summary>Kinds of problems.</summary>
internal static class HelpProblemCodes
{
    /// <summary>The headings or blocks are not in the fixed form.</summary>
    internal const string Form = "MRH001";

    /// <summary>A cmdlet has no source, or a source has no cmdlet.</summary>
    internal const string Cmdlet = "MRH002";

    /// <summary>A parameter has no text, or a text has no parameter.</summary>
    internal const string Parameter = "MRH003";

    /// <summary>A generated block is not what the assembly says.</summary>
    internal const string Drift = "MRH004";

    /// <summary>Outputs or inputs are not what the assembly says.</summary>
    internal const string Types = "MRH005";

    /// <summary>A link leads nowhere.</summary>
    internal const string Link = "MRH006";
}
