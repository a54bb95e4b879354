namespace MlflowRollout.Emulator.Serving.Inputs;

/// <summary>The columns of a model, by position and by name.</summary>
internal sealed class ColumnLayout
{
    private readonly Dictionary<string, int> _byName;

    public ColumnLayout(IReadOnlyList<InputColumn> columns)
    {
        Columns = [.. columns];
        _byName = columns.Select((column, index) => (column.Name, index)).ToDictionary(c => c.Name, c => c.index, StringComparer.Ordinal);
    }

    public InputColumn[] Columns { get; }

    public int IndexOf(string name) => _byName.GetValueOrDefault(name, -1);
}
