using System.Text.Json;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Requests;

/// <summary>Checks <c>input_data</c> of a model that takes a table.</summary>
internal sealed class TableCheck(MlModelSignature? signature, Action<string> add)
{
    private readonly MlColumn[] _inputs = signature?.Inputs ?? [];

    /// <summary>Checks the value of <c>input_data</c>.</summary>
    public void Check(JsonElement data)
    {
        switch (data.ValueKind)
        {
            case JsonValueKind.Object when data.TryGetProperty("data"u8, out _) || data.TryGetProperty("columns"u8, out _):
                CheckSplit(data);
                break;
            case JsonValueKind.Object:
                CheckByColumn(data);
                break;
            case JsonValueKind.Array when data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Object:
                add("input_data is a list of records, which an MLflow model without code does not take; write it as an object with columns, index and data.");
                break;
            case JsonValueKind.Array when signature is not null:
                CheckRows(data, _inputs);
                break;
            case JsonValueKind.Array:
                CheckRagged(data, null);
                break;
            default:
                if (signature is not null)
                {
                    add($"input_data is {JsonKinds.Describe(data)}; this model takes an object with columns, index and data.");
                }

                break;
        }
    }

    private void CheckSplit(JsonElement data)
    {
        foreach (JsonProperty property in data.EnumerateObject())
        {
            if (property.Name is not ("columns" or "index" or "data"))
            {
                add($"input_data has the unknown key '{property.Name}' beside columns, index and data.");
            }
        }

        if (!data.TryGetProperty("columns"u8, out JsonElement columns) || columns.ValueKind != JsonValueKind.Array)
        {
            add("input_data has no list 'columns' with the names of the columns.");
            return;
        }

        if (!data.TryGetProperty("data"u8, out JsonElement rows) || rows.ValueKind != JsonValueKind.Array)
        {
            add("input_data has no list 'data' with the rows.");
            return;
        }

        string[] names = [.. columns.EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String ? name.GetString()! : name.GetRawText())];
        foreach (string twice in names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            add($"Column '{twice}' is in 'columns' twice.");
        }

        MlColumn?[] order = CompareNames(names);
        if (data.TryGetProperty("index"u8, out JsonElement index))
        {
            if (index.ValueKind != JsonValueKind.Array)
            {
                add($"'index' is {JsonKinds.Describe(index)}; it must be a list with one entry a row.");
            }
            else if (index.GetArrayLength() != rows.GetArrayLength())
            {
                add($"'index' has {index.GetArrayLength()} entries and 'data' has {rows.GetArrayLength()} rows.");
            }
        }
        else if (signature is null)
        {
            add("input_data has no list 'index', which a model without signature needs.");
        }

        CheckRows(rows, signature is null ? [.. names.Select(name => new MlColumn { Name = name })] : order);
    }

    // {"age": [1, 2], "sex": [0, 1]}
    private void CheckByColumn(JsonElement data)
    {
        if (signature is null)
        {
            return;
        }

        string[] names = [.. data.EnumerateObject().Select(property => property.Name)];
        MlColumn?[] order = CompareNames(names);
        int? length = null;
        int position = 0;
        foreach (JsonProperty property in data.EnumerateObject())
        {
            MlColumn? column = order[position++];
            if (property.Value.ValueKind != JsonValueKind.Array)
            {
                add($"Column '{property.Name}' is {JsonKinds.Describe(property.Value)}; it must be a list with one value a row.");
                continue;
            }

            int here = property.Value.GetArrayLength();
            length ??= here;
            if (here != length)
            {
                add($"Column '{property.Name}' has {here} values and the first column has {length}.");
            }

            int row = 0;
            foreach (JsonElement value in property.Value.EnumerateArray())
            {
                CheckCell(value, column, row++);
            }
        }
    }

    private MlColumn?[] CompareNames(string[] names)
    {
        if (signature is null)
        {
            return [];
        }

        MlColumn?[] order = [.. names.Select(name => Array.Find(_inputs, column => column.Name == name))];
        string[] missing = [.. _inputs.Where(column => column.Required && !names.Contains(column.Name)).Select(column => column.Name)];
        HashSet<string> meant = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (order[i] is not null)
            {
                continue;
            }

            if (NearMatch.Find(names[i], missing) is { } match)
            {
                meant.Add(match);
                add($"Column '{names[i]}' is not in the model's signature. Did you mean '{match}'? Names must match exactly.");
            }
            else
            {
                add($"Column '{names[i]}' is not in the model's signature. It takes: {string.Join(", ", _inputs.Select(column => column.Name))}.");
            }
        }

        // A misspelt column is also a missing one; the finding above says which.
        string[] absent = [.. missing.Where(name => !meant.Contains(name))];
        if (absent.Length == 1)
        {
            add($"Column '{absent[0]}' is missing; the model requires it.");
        }
        else if (absent.Length > 1)
        {
            add($"The columns {string.Join(", ", absent.Select(name => $"'{name}'"))} are missing; the model requires them.");
        }

        return order;
    }

    private void CheckRows(JsonElement rows, MlColumn?[] columns)
    {
        int position = 0;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Array)
            {
                // A model of one column takes a plain list of values too.
                if (columns.Length == 1 && row.ValueKind != JsonValueKind.Object)
                {
                    CheckCell(row, columns[0], position);
                }
                else
                {
                    add($"{JsonKinds.Row(position)} is {JsonKinds.Describe(row)}; it must be a list of {columns.Length} values.");
                }
            }
            else if (row.GetArrayLength() != columns.Length)
            {
                add($"{JsonKinds.Row(position)} has {row.GetArrayLength()} values where there are {columns.Length} columns.");
            }
            else
            {
                int column = 0;
                foreach (JsonElement value in row.EnumerateArray())
                {
                    CheckCell(value, columns[column++], position);
                }
            }

            position++;
        }
    }

    private void CheckRagged(JsonElement rows, int? expected)
    {
        int position = 0;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (row.ValueKind == JsonValueKind.Array)
            {
                expected ??= row.GetArrayLength();
                if (row.GetArrayLength() != expected)
                {
                    add($"{JsonKinds.Row(position)} has {row.GetArrayLength()} values where the first row has {expected}.");
                }
            }

            position++;
        }
    }

    private void CheckCell(JsonElement value, MlColumn? column, int row)
    {
        // MLflow lets any value pass in a column of texts; in rows of a CSV file these are texts anyway.
        bool isObject = column?.Type == MlColumnType.String && value.ValueKind is (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False);
        if (column is not null && !isObject && column.Shape.Length == 0 && JsonKinds.Problem(value, column.Type) is { } problem)
        {
            add($"{JsonKinds.Row(row)}, column '{column.Name}': {problem}.");
        }
    }
}
