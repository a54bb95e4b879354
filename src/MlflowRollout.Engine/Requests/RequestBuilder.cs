using System.Text;
using MlflowRollout.Services;

namespace MlflowRollout.Engine.Requests;

/// <summary>Requests and signatures, without any call.</summary>
internal sealed class RequestBuilder : IMlRequestBuilder
{
    private const int MostProblemsShown = 20;

    /// <inheritdoc/>
    public MlModelSignature? ReadSignature(string folder) => MlmodelFile.Validate(folder).Signature;

    /// <inheritdoc/>
    public MlModelRequest Build(MlModelSignature signature, IReadOnlyList<MlRow> rows, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        RowConverter converter = new(signature, parameters);
        bool[]? omitted = OmittedEverywhere(converter, rows);
        using Utf8Buffer cells = new(Math.Max(1024, rows.Count * 64));
        int[] ends = new int[rows.Count * converter.CellsPerRow];
        List<string> problems = [];
        int count = 0;
        foreach (MlRow row in rows)
        {
            Span<int> rowEnds = ends.AsSpan(count * converter.CellsPerRow, converter.CellsPerRow);
            if (converter.Write(cells, row, omitted, rowEnds) is { } problem)
            {
                problems.Add(problem);
                continue;
            }

            rowEnds[^1] = cells.Length;
            count++;
        }

        if (problems.Count > 0)
        {
            throw InvalidRows(problems);
        }

        using Utf8Buffer body = new(cells.Length + 1024);
        BodyAssembler.Write(body, converter, omitted, cells.WrittenSpan, ends, count, start: 0, rows);
        return new MlModelRequest { Body = Encoding.UTF8.GetString(body.WrittenSpan), RowCount = count };
    }

    /// <inheritdoc/>
    public MlRequestCheck Check(MlModelSignature? signature, string body)
    {
        CheckResult result = RequestCheck.Run(signature, Encoding.UTF8.GetBytes(body));
        return new MlRequestCheck { IsValid = result.Findings.Count == 0, RowCount = result.RowCount, Findings = [.. result.Findings] };
    }

    /// <inheritdoc/>
    public MlRequestCheck CheckRows(MlModelSignature signature, IReadOnlyList<MlRow> rows)
    {
        RowConverter converter = new(signature);
        using Utf8Buffer cells = new(1024);
        int[] ends = new int[converter.CellsPerRow];
        List<string> problems = [];
        foreach (MlRow row in rows)
        {
            cells.Truncate(0);
            bool[]? omitted = row.Values.Length == signature.Inputs.Length ? converter.Omitted(row.Values) : null;
            if (converter.Write(cells, row, omitted, ends) is { } problem)
            {
                problems.Add(char.ToUpperInvariant(problem[0]) + problem[1..] + ".");
            }
        }

        return new MlRequestCheck { IsValid = problems.Count == 0, RowCount = rows.Count, Findings = [.. problems] };
    }

    /// <inheritdoc/>
    public void RequireParameters(MlModelSignature signature, IReadOnlyDictionary<string, object?> parameters) => InferenceParameters.Write(signature, parameters);

    private static bool[]? OmittedEverywhere(RowConverter converter, IReadOnlyList<MlRow> rows)
    {
        bool[]? omitted = null;
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Values.Length != converter.Signature.Inputs.Length)
            {
                return null;
            }

            bool[]? here = converter.Omitted(rows[i].Values);
            if (here is null)
            {
                return null;
            }

            for (int column = 0; i > 0 && column < here.Length; column++)
            {
                here[column] &= omitted![column];
            }

            omitted = here;
        }

        return omitted is not null && omitted.Contains(true) ? omitted : null;
    }

    private static MlValidationException InvalidRows(List<string> problems)
    {
        string shown = string.Join(Environment.NewLine, problems.Take(MostProblemsShown));
        string more = problems.Count > MostProblemsShown ? $"{Environment.NewLine}… and {problems.Count - MostProblemsShown} more rows" : string.Empty;
        return new MlValidationException(
            MlErrorIds.RowInvalid,
            $"{(problems.Count == 1 ? "A row does" : $"{problems.Count} rows do")} not fit the model's signature: {shown}{more}",
            MlErrorCategory.InvalidData)
        {
            RecommendedAction = "Correct the values, or leave a cell empty where the value is not known.",
        };
    }
}
