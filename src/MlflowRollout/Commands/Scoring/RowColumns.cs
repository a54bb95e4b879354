using System.Collections;
using System.Data;
using System.Management.Automation;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>The columns of anything that can be a row: objects, hashtables, rows of a data table.</summary>
internal static class RowColumns
{
    /// <summary>Names and values in the row's own order.</summary>
    internal static IEnumerable<KeyValuePair<string, object?>> Of(PSObject row) => row.BaseObject switch
    {
        IDictionary map => map.Entries().Select(entry => KeyValuePair.Create(entry.Key.ToString()!, entry.Value)),
        DataRow record => record.Table.Columns.Cast<DataColumn>().Select(column => KeyValuePair.Create(column.ColumnName, (object?)record[column])),
        _ => row.Properties.Where(property => property.IsGettable).Select(property => KeyValuePair.Create(property.Name, (object?)property.Value)),
    };

    /// <summary>A value as the engine knows it: without PowerShell's wrappers, also inside of arrays.</summary>
    internal static object? Plain(object? value)
    {
        switch (value)
        {
            case null or string or double or long or int:
                return value;
            case PSObject { BaseObject: PSCustomObject } bag:
                return bag.Properties.ToDictionary(property => property.Name, property => Plain(property.Value));
            case PSObject wrapped:
                return Plain(wrapped.BaseObject);
            case DBNull:
                return null;
            case IDictionary map:
                return map.Entries().ToDictionary(entry => entry.Key.ToString()!, entry => Plain(entry.Value));
            case object?[] or ArrayList or List<object>:
                return ((IEnumerable)value).Cast<object?>().Select(Plain).ToArray();
            default:
                return value;
        }
    }
}
