using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>
/// Lets PowerShell convert text, our objects and what is left of them after a job or remoting (property bags) to a reference. What does not carry the
/// identity that the reference needs is refused, so that the binder tries the next parameter set.
/// </summary>
/// <typeparam name="T">The reference type.</typeparam>
public abstract class ReferenceConverter<T> : PSTypeConverter
    where T : class
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType == typeof(T) && sourceValue is not null && From(PSObject.AsPSObject(sourceValue)) is not null;

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        From(PSObject.AsPSObject(sourceValue)) ?? throw new PSInvalidCastException($"'{sourceValue}' does not name {Expected}.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();

    /// <summary>What the reference names, for messages, such as <c>an endpoint</c>.</summary>
    protected abstract string Expected { get; }

    /// <summary>The reference, or null when the value does not carry it.</summary>
    /// <param name="value">Any value.</param>
    protected abstract T? From(PSObject value);

    /// <summary>A property as text; null when it is absent or empty.</summary>
    private protected static string? Text(PSObject value, string property) =>
        value.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>True when the value is, or was before it travelled through a job, of the type.</summary>
    private protected static bool Is<TModel>(PSObject value) =>
        value.BaseObject is TModel || value.TypeNames.Contains("Deserialized." + typeof(TModel).FullName);
}
