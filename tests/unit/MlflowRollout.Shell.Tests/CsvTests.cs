using System.Management.Automation;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MlflowRollout.Shell.Commands;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Shell.Tests;

public sealed class CsvTests : IDisposable
{
    private readonly ModuleSession _session = new(new ModuleSessionOptions { ImportModule = false });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Property(MaxTest = 200)]
    public Property ExportThenImport_AnyStrings_Survive(NonNull<string>[] first, NonNull<string>[] second, char delimiter)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);

        // A lone surrogate has no encoding, and the delimiter must not be what quotes and ends lines.
        (string A, string B)[] rows = [.. first.Zip(second, static (a, b) => (Encodable(a.Get), Encodable(b.Get)))];
        bool usable = delimiter is not ('"' or '\r' or '\n' or '\0') && !char.IsSurrogate(delimiter);
        PSObject[] objects = [.. rows.Select(static row => Row(("A", row.A), ("B", row.B)))];
        string path = _folder["property.csv"];
        File.Delete(path);
        _session.SetVariable("path", path);
        _session.SetVariable("delimiter", usable ? delimiter : ',');
        _session.InvokeWithInput(objects, "$input | Export-Csv $path -Delimiter $delimiter").AssertSucceeded();
        InvocationResult read = _session.Invoke("Import-Csv $path -Delimiter $delimiter").AssertSucceeded();
        return read.Output.Select(static row => ((string)row.Properties["A"].Value, (string)row.Properties["B"].Value)).SequenceEqual(rows).ToProperty();
    }

    [Theory]
    [InlineData("a,b,c", "a|b|c")]
    [InlineData(" a , b", "a |b")]
    [InlineData("a   ,b", "a |b")]
    [InlineData("\"a\"  ,b", "a|b")]
    [InlineData("\"a\" x,b", "a x|b")]
    [InlineData("a\"b\",c", "a\"b\"|c")]
    [InlineData("\"a\"\"b\"", "a\"b")]
    [InlineData("a,", "a")]
    [InlineData("a,\n", "a|")]
    [InlineData("\"line\r\nbreak\",x", "line\r\nbreak|x")]
    public void ReadRecord_Line_IsReadAsPowerShellDoes(string text, string expected)
    {
        CsvReader reader = new(new StringReader(text), ',');

        Assert.Equal(expected, string.Join('|', reader.ReadRecord()!));
    }

    [Fact]
    public void Import_ShortAndLongRows_GiveNullAndAreCut()
    {
        string path = _folder.Write("short.csv", "A,B\n1\n1,2,3\n\n");

        IReadOnlyList<PSObject> rows = _session.Invoke("Import-Csv $args[0]", path).AssertSucceeded().Output;

        Assert.Equal(2, rows.Count);
        Assert.Null(rows[0].Properties["B"].Value);
        Assert.Equal(["A", "B"], rows[1].Properties.Select(static property => property.Name));
    }

    [Fact]
    public void Import_TypeCommentsAndMissingNames_AreHandled()
    {
        string path = _folder.Write("odd.csv", "#TYPE My.Type\n#comment\nA,,C\n1,2,3\n");

        InvocationResult result = _session.Invoke("Import-Csv $args[0]", path).AssertSucceeded();

        Assert.Equal(["A", "H1", "C"], result.Output[0].Properties.Select(static property => property.Name));
        Assert.Equal("My.Type", result.Output[0].TypeNames[0]);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void Import_RepeatedName_IsAnErrorThatNamesIt()
    {
        string path = _folder.Write("twice.csv", "A,a\n1,2\n");

        Assert.Contains("\"a\"", _session.Invoke("Import-Csv $args[0]", path).Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_MissingFile_IsATerminatingErrorThatNamesIt()
    {
        ErrorRecord error = _session.Invoke("Import-Csv $args[0]", _folder["none.csv"]).Error;

        Assert.Equal("FileOpenFailure", InvocationResult.IdOf(error));
        Assert.Equal(ErrorCategory.OpenError, error.CategoryInfo.Category);
        Assert.Contains("none.csv", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_LiteralPathWithBrackets_IsRead()
    {
        string path = _folder.Write("[a].csv", "A\n1\n");

        Assert.Equal("1", _session.Invoke("Import-Csv -LiteralPath $args[0]", path).Property("A"));
    }

    [Fact]
    public void Import_HeaderAndEncoding_AreUsed()
    {
        string path = _folder["latin.csv"];
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes("Müller;1\n"));

        Assert.Equal("Müller", _session.Invoke("Import-Csv $args[0] -Delimiter ';' -Header Name, Count -Encoding latin1", path).Property("Name"));
    }

    [Fact]
    public void Export_Append_KeepsTheColumnsOfTheFile()
    {
        string path = _folder["append.csv"];
        _session.SetVariable("path", path);
        _session.Invoke("[pscustomobject]@{ A = 1; B = 2 } | Export-Csv $path; [pscustomobject]@{ B = 4; A = 3 } | Export-Csv $path -Append").AssertSucceeded();

        ErrorRecord error = _session.Invoke("[pscustomobject]@{ A = 5 } | Export-Csv $path -Append").Error;

        Assert.Equal("\"A\",\"B\"\n\"1\",\"2\"\n\"3\",\"4\"\n", File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal));
        Assert.Equal("CannotAppendCsvWithMismatchedPropertyNames", InvocationResult.IdOf(error));
    }

    [Theory]
    [InlineData("-UseQuotes Never", "A,B\n1,x y\n")]
    [InlineData("-UseQuotes AsNeeded", "A,B\n1,x y\n")]
    [InlineData("-UseQuotes AsNeeded -Delimiter ' '", "A B\n1 \"x y\"\n")]
    [InlineData("-QuoteFields B", "A,\"B\"\n1,\"x y\"\n")]
    [InlineData("-NoHeader", "\"1\",\"x y\"\n")]
    public void Export_Quotes_AreAsAsked(string options, string expected)
    {
        string path = _folder["quotes.csv"];

        _session.Invoke($"[pscustomobject]@{{ A = 1; B = 'x y' }} | Export-Csv $args[0] {options}", path).AssertSucceeded();

        Assert.Equal(expected, File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Export_NoClobberAndWhatIf_ChangeNothing()
    {
        string path = _folder.Write("kept.csv", "kept");

        ErrorRecord error = _session.Invoke("1 | Export-Csv $args[0] -NoClobber", path).Error;
        _session.Invoke("1 | Export-Csv $args[0] -WhatIf", path).AssertSucceeded();

        Assert.Equal("NoClobber", InvocationResult.IdOf(error));
        Assert.Equal("kept", File.ReadAllText(path));
    }

    private static PSObject Row(params (string Name, string Value)[] cells)
    {
        PSObject row = new();
        foreach ((string name, string value) in cells)
        {
            row.Properties.Add(new PSNoteProperty(name, value));
        }

        return row;
    }

    private static string Encodable(string text) => string.Concat(text.EnumerateRunes().Select(static rune => rune.ToString()));
}
