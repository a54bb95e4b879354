using System.Text.Json;

namespace MlflowRollout.Emulator.Models;

/// <summary>
/// What a column of a nested type holds (MLflow 2.10 and later): a list, an object with named properties, a map with any names, or a plain value. A type that
/// this version does not know takes everything.
/// </summary>
internal sealed class NestedType
{
    private readonly ColumnType? _scalar;
    private readonly NestedType? _items;
    private readonly NestedType? _values;
    private readonly IReadOnlyDictionary<string, (NestedType Type, bool Required)>? _properties;

    private NestedType(ColumnType? scalar, NestedType? items = null, NestedType? values = null, IReadOnlyDictionary<string, (NestedType, bool)>? properties = null)
    {
        _scalar = scalar;
        _items = items;
        _values = values;
        _properties = properties;
    }

    /// <summary>Reads a column, a property or an item of a signature.</summary>
    public static NestedType Parse(JsonElement type)
    {
        // The items of a list may be given by the name of their type alone.
        var name = type.ValueKind == JsonValueKind.String ? type.GetString() : type.TryGetProperty("type", out var named) ? named.GetString() : null;
        return name switch
        {
            "array" => new NestedType(null, items: type.TryGetProperty("items", out var items) ? Parse(items) : Anything()),
            "map" => new NestedType(null, values: type.TryGetProperty("values", out var values) ? Parse(values) : Anything()),
            "object" when type.TryGetProperty("properties", out var properties) => new NestedType(null, properties: properties.EnumerateObject().ToDictionary(
                p => p.Name, p => (Parse(p.Value), !p.Value.TryGetProperty("required", out var required) || required.GetBoolean()), StringComparer.Ordinal)),
            "boolean" => new NestedType(ColumnType.Boolean),
            "integer" => new NestedType(ColumnType.Integer),
            "long" => new NestedType(ColumnType.Long),
            "float" => new NestedType(ColumnType.Float),
            "double" => new NestedType(ColumnType.Double),
            "string" => new NestedType(ColumnType.String),
            "binary" => new NestedType(ColumnType.Binary),
            "datetime" => new NestedType(ColumnType.Datetime),
            _ => Anything(),
        };
    }

    /// <summary>Whether a value is of this type. A missing value is left to the model.</summary>
    public bool Fits(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (_items is not null)
        {
            return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(_items.Fits);
        }

        if (_values is not null)
        {
            return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(member => _values.Fits(member.Value));
        }

        if (_properties is not null)
        {
            return value.ValueKind == JsonValueKind.Object
                && value.EnumerateObject().All(member => _properties.TryGetValue(member.Name, out var property) && property.Type.Fits(member.Value))
                && _properties.All(property => !property.Value.Required || value.TryGetProperty(property.Key, out _));
        }

        return _scalar switch
        {
            null => true,
            ColumnType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            ColumnType.Integer => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            ColumnType.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            ColumnType.Float or ColumnType.Double => value.ValueKind == JsonValueKind.Number,
            _ => value.ValueKind == JsonValueKind.String,
        };
    }

    private static NestedType Anything() => new(scalar: null);
}
