using System.Globalization;

namespace MlflowRollout;

/// <summary>
/// A model version: free text with a natural order, so that 9 comes before 10 and 1.9 before 1.10. Comparison ignores case.
/// </summary>
public sealed class MlVersion : IComparable, IComparable<MlVersion>, IEquatable<MlVersion>
{
    /// <summary>Makes a version from its text.</summary>
    /// <param name="value">The text, as the service has it.</param>
    /// <exception cref="ArgumentException">The text is null or blank.</exception>
    public MlVersion(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        Value = value.Trim();
    }

    /// <summary>Makes a version from a number.</summary>
    /// <param name="value">The number.</param>
    public MlVersion(int value)
        : this(value.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        MlVersion other => CompareTo(other),
        _ => CompareTo(new MlVersion(Convert.ToString(obj, CultureInfo.InvariantCulture)!)),
    };

    /// <inheritdoc/>
    public int CompareTo(MlVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        ReadOnlySpan<char> left = Value;
        ReadOnlySpan<char> right = other.Value;
        while (!left.IsEmpty && !right.IsEmpty)
        {
            bool digits = char.IsAsciiDigit(left[0]);
            if (digits != char.IsAsciiDigit(right[0]))
            {
                return digits ? -1 : 1;
            }

            ReadOnlySpan<char> leftRun = TakeRun(ref left, digits);
            ReadOnlySpan<char> rightRun = TakeRun(ref right, digits);
            int order = digits ? CompareNumbers(leftRun, rightRun) : leftRun.CompareTo(rightRun, StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }

        int byLength = left.Length.CompareTo(right.Length);
        return byLength != 0 ? byLength : string.Compare(Value, other.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public bool Equals(MlVersion? other) => other is not null && string.Equals(Value, other.Value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MlVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Value);

    /// <summary>The text.</summary>
    public override string ToString() => Value;

    /// <summary>Equality by text, without regard to case.</summary>
    public static bool operator ==(MlVersion? left, MlVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality by text, without regard to case.</summary>
    public static bool operator !=(MlVersion? left, MlVersion? right) => !(left == right);

    /// <summary>Natural order.</summary>
    public static bool operator <(MlVersion? left, MlVersion? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Natural order.</summary>
    public static bool operator <=(MlVersion? left, MlVersion? right) => left is null || left.CompareTo(right) <= 0;

    /// <summary>Natural order.</summary>
    public static bool operator >(MlVersion? left, MlVersion? right) => right < left;

    /// <summary>Natural order.</summary>
    public static bool operator >=(MlVersion? left, MlVersion? right) => right <= left;

    private static ReadOnlySpan<char> TakeRun(ref ReadOnlySpan<char> text, bool digits)
    {
        int length = 1;
        while (length < text.Length && char.IsAsciiDigit(text[length]) == digits)
        {
            length++;
        }

        ReadOnlySpan<char> run = text[..length];
        text = text[length..];
        return run;
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        int byLength = left.Length.CompareTo(right.Length);
        return byLength != 0 ? byLength : left.SequenceCompareTo(right);
    }
}
