using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>
/// A name that is typed: text, or a script block that makes it from the piped object as <c>$_</c>. A type of its own, because PowerShell evaluates script
/// blocks only for parameters that bind from the pipeline, and names must not.
/// </summary>
public sealed class MlName
{
    private readonly string? _text;
    private readonly ScriptBlock? _script;

    /// <summary>A name.</summary>
    /// <param name="text">The name.</param>
    public MlName(string text) => _text = text;

    /// <summary>A script block that gives the name.</summary>
    /// <param name="script">Run with <c>$_</c> as the piped object; must give one text.</param>
    public MlName(ScriptBlock script) => _script = script;

    /// <summary>True when the name is made by a script block.</summary>
    internal bool IsScript => _script is not null;

    /// <summary>The name for a piped object.</summary>
    /// <param name="piped">What <c>$_</c> is.</param>
    /// <exception cref="MlValidationException">The script block gave nothing or several things, or the name is blank.</exception>
    public string For(object? piped)
    {
        if (_script is null)
        {
            return string.IsNullOrWhiteSpace(_text)
                ? throw new MlValidationException(MlErrorIds.NameInvalid, "The name is empty.")
                : _text;
        }

        var results = _script.InvokeWithContext(functionsToDefine: null, variablesToDefine: [new PSVariable("_", piped), new PSVariable("PSItem", piped)], args: []);
        string[] names = [.. results.Where(result => result is not null).Select(result => result.ToString()!)];
        return names is [{ } name] && !string.IsNullOrWhiteSpace(name)
            ? name
            : throw new MlValidationException(MlErrorIds.NameInvalid, $"The script block for the name, {{{_script}}}, gave {names.Length} values instead of one text.")
            {
                RecommendedAction = "Let it give one text, for example { \"green-$($_.Version)\" }.",
            };
    }

    /// <summary>The name or the script's text.</summary>
    public override string ToString() => _text ?? $"{{{_script}}}";
}
