using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;

namespace MlflowRollout.Shell.Commands;

/// <summary>Selects objects of the pipeline, or properties of them.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = DefaultSet)]
[OutputType(typeof(PSObject))]
public sealed class SelectObjectCommand : PSCmdlet
{
    private const string DefaultSet = "DefaultParameter";
    private const string SkipLastSet = "SkipLastParameter";
    private const string IndexSet = "IndexParameter";

    private readonly Queue<PSObject> _held = new();
    private readonly List<PSObject> _uniques = [];
    private SelectColumn[] _columns = [];
    private SelectColumn? _expand;
    private WildcardPattern[] _excluded = [];
    private HashSet<int> _indexes = [];
    private int _highestIndex;
    private int _seen;
    private int _streamed;
    private bool _done;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; } = AutomationNull.Value;

    /// <summary>The properties: names, patterns, script blocks, or tables with a name and an expression.</summary>
    [Parameter(Position = 0, ParameterSetName = DefaultSet)]
    [Parameter(Position = 0, ParameterSetName = SkipLastSet)]
    public object[]? Property { get; set; }

    /// <summary>Patterns of names to leave out.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [Parameter(ParameterSetName = SkipLastSet)]
    public string[]? ExcludeProperty { get; set; }

    /// <summary>The property whose value, or values, are written.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [Parameter(ParameterSetName = SkipLastSet)]
    public string? ExpandProperty { get; set; }

    /// <summary>Writes equal objects once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>Takes strings that differ in case only as equal.</summary>
    [Parameter]
    public SwitchParameter CaseInsensitive { get; set; }

    /// <summary>How many from the end.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>How many from the beginning.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    /// <summary>How many to leave out, from the beginning, or from the end with <see cref="Last"/> alone.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [Parameter(ParameterSetName = SkipLastSet)]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>How many to leave out from the end.</summary>
    [Parameter(ParameterSetName = SkipLastSet)]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    /// <summary>Lets the commands before this one run to their end.</summary>
    [Parameter(ParameterSetName = DefaultSet)]
    [Parameter(ParameterSetName = IndexSet)]
    public SwitchParameter Wait { get; set; }

    /// <summary>Which ones, counted from 0.</summary>
    [Parameter(ParameterSetName = IndexSet)]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    private bool CountGiven => MyInvocation.BoundParameters.ContainsKey(nameof(First)) || MyInvocation.BoundParameters.ContainsKey(nameof(Last));

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        try
        {
            _excluded = [.. (ExcludeProperty ?? []).Select(static name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
            object[] properties = Property ?? [];
            _columns = [.. (properties.Length == 0 && _excluded.Length > 0 ? ["*"] : properties).Select(SelectColumn.Parse)];
            _expand = string.IsNullOrEmpty(ExpandProperty) ? null : SelectColumn.Parse(ExpandProperty);
        }
        catch (PSArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "SelectPropertyInvalid", ErrorCategory.InvalidArgument, Property));
        }

        _indexes = [.. Index ?? []];
        _highestIndex = _indexes.Count == 0 ? -1 : _indexes.Max();
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (_done || InputObject is not PSObject input || ReferenceEquals(input, AutomationNull.Value))
        {
            return;
        }

        int position = _seen++;
        switch (ParameterSetName)
        {
            case IndexSet when Index is not null:
                TakeByIndex(input, position);
                break;
            case SkipLastSet:
                TakeAllButLast(input, position);
                break;
            default:
                TakeFirstOrHold(input, position);
                break;
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (Last > 0)
        {
            // With -Last alone -Skip counts from the end.
            int take = First > 0 ? _held.Count : _held.Count - Skip;
            for (; take > 0; take--)
            {
                Emit(_held.Dequeue());
            }
        }

        WriteUniques();
    }

    private void TakeByIndex(PSObject input, int position)
    {
        if (_indexes.Contains(position))
        {
            Emit(input);
        }

        if (position >= _highestIndex)
        {
            Finish();
        }
    }

    private void TakeAllButLast(PSObject input, int position)
    {
        if (position >= Skip)
        {
            _held.Enqueue(input);
            if (_held.Count > SkipLast)
            {
                Emit(_held.Dequeue());
            }
        }
    }

    private void TakeFirstOrHold(PSObject input, int position)
    {
        bool skipsFromStart = Last == 0 || First > 0;
        if (skipsFromStart && position < Skip)
        {
            return;
        }

        if (!CountGiven)
        {
            Emit(input);
            return;
        }

        if (_streamed < First)
        {
            _streamed++;
            Emit(input);
            if (_streamed == First && Last == 0)
            {
                Finish();
            }

            return;
        }

        if (Last > 0)
        {
            _held.Enqueue(input);
            if (_held.Count > (First > 0 ? Last : Last + Skip))
            {
                _held.Dequeue();
            }
        }
    }

    private void Finish()
    {
        if (!Wait)
        {
            _done = true;
            WriteUniques();
            UpstreamStop.Throw(this);
        }
    }

    private void Emit(PSObject input)
    {
        if (_columns.Length == 0 && _expand is null)
        {
            Write(input, []);
            return;
        }

        PSNoteProperty[] notes;
        try
        {
            notes = [.. _columns.SelectMany(column => column.Evaluate(input, _excluded))];
        }
        catch (PSArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "RenamingMultipleResults", ErrorCategory.InvalidOperation, input));
            return;
        }

        if (_expand is null)
        {
            PSObject selected = new();
            Add(selected, notes, input, "AlreadyExistingUserSpecifiedPropertyNoExpand");
            selected.TypeNames.Insert(0, "Selected." + input.BaseObject.GetType());
            Write(selected, notes);
        }
        else
        {
            Expand(_expand, input, notes);
        }
    }

    private void Expand(SelectColumn column, PSObject input, PSNoteProperty[] notes)
    {
        var results = column.Expression.GetValues(input);
        if (results is not [var result])
        {
            (string message, string id) = results.Count == 0
                ? ($"Property \"{ExpandProperty}\" cannot be found.", "ExpandPropertyNotFound")
                : ($"Multiple properties cannot be expanded: \"{ExpandProperty}\".", "MutlipleExpandProperties");
            WriteError(new ErrorRecord(new PSArgumentException(message), id, ErrorCategory.InvalidArgument, input));
            return;
        }

        if (result.Exception is not null)
        {
            WriteError(new ErrorRecord(result.Exception, "PropertyEvaluationExpand", ErrorCategory.InvalidResult, input));
            return;
        }

        IEnumerable values = LanguagePrimitives.GetEnumerable(result.Result) ?? new[] { result.Result };
        foreach (object? value in values)
        {
            if (value is not null)
            {
                // A wrapper of its own, so that the notes do not stay with the value elsewhere.
                PSObject expanded = notes.Length == 0 ? PSObject.AsPSObject(value) : new PSObject(value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value);
                Add(expanded, notes, input, "AlreadyExistingUserSpecifiedPropertyExpand");
                Write(expanded, notes);
            }
        }
    }

    private void Add(PSObject target, PSNoteProperty[] notes, PSObject input, string errorId)
    {
        foreach (PSNoteProperty note in notes)
        {
            if (target.Properties[note.Name] is null)
            {
                target.Properties.Add(new PSNoteProperty(note.Name, note.Value));
            }
            else
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException($"The property cannot be processed because the property \"{note.Name}\" already exists."),
                    errorId, ErrorCategory.InvalidOperation, input));
            }
        }
    }

    private void Write(PSObject value, PSNoteProperty[] notes)
    {
        if (!Unique)
        {
            WriteObject(value);
        }
        else if (!_uniques.Any(known => SameAs(known, value, notes)))
        {
            _uniques.Add(value);
        }
    }

    private bool SameAs(PSObject known, PSObject value, PSNoteProperty[] notes) =>
        (known.BaseObject is PSCustomObject && value.BaseObject is PSCustomObject || AreEqual(known.BaseObject, value.BaseObject))
        && (notes.Length > 0 || known.BaseObject is not PSCustomObject
            ? notes.All(note => known.Properties[note.Name] is { } property && AreEqual(property.Value, note.Value))
            : string.Equals(known.ToString(), value.ToString(), StringComparison.Ordinal));

    private bool AreEqual(object? left, object? right) =>
        ReferenceEquals(left, right) || LanguagePrimitives.Equals(left, right, CaseInsensitive) && (left is not string || right is string);

    private void WriteUniques()
    {
        foreach (PSObject unique in _uniques)
        {
            WriteObject(unique);
        }

        _uniques.Clear();
    }
}
