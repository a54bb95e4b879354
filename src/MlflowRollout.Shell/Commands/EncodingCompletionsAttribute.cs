using System.Management.Automation;

namespace MlflowRollout.Shell.Commands;

/// <summary>Completes the names of encodings.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingCompletionsAttribute : ArgumentCompletionsAttribute
{
    internal static readonly string[] Names = ["ascii", "bigendianunicode", "bigendianutf32", "unicode", "utf8", "utf8BOM", "utf8NoBOM", "utf32"];

    /// <summary>Makes the attribute.</summary>
    public EncodingCompletionsAttribute()
        : base(Names)
    {
    }
}
