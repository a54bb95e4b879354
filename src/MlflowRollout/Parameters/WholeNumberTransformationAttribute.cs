using System.Globalization;
using System.Management.Automation;

namespace MlflowRollout.Parameters;

/// <summary>Refuses fractions, which PowerShell would round silently when it makes an integer of them (10.5 becomes 10).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WholeNumberTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            double or float or decimal => Whole(Convert.ToDouble(value, CultureInfo.InvariantCulture), value),
            string text when int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) => number,
            string text => throw Refuse(text),
            _ => value,
        };
    }

    private static int Whole(double number, object value) =>
        number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Refuse(value);

    private static ArgumentTransformationMetadataException Refuse(object value) =>
        new($"'{Convert.ToString(value, CultureInfo.InvariantCulture)}' is no whole number. It is refused rather than rounded.");
}
