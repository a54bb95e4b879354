namespace MlflowRollout.HelpCompiler;

/// <summary>Something that is wrong with a help source.</summary>
/// <param name="File">File it is in.</param>
/// <param name="Line">Line from 1; 0 for the file as a whole.</param>
/// <param name="Code">Kind of problem, one of <see cref="HelpProblemCodes"/>.</param>
/// <param name="Message">Names the cmdlet, the thing, the rule and the way out.</param>
internal sealed record HelpProblem(string File, int Line, string Code, string Message)
{
    /// <summary>In the form that MSBuild shows as an error of the build.</summary>
    public override string ToString() => Line > 0 ? $"{File}({Line}): error {Code}: {Message}" : $"{File}: error {Code}: {Message}";
}
