using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using MlflowRollout.Engine.Requests;
using Xunit;

namespace MlflowRollout.Engine.Tests.Requests;

public sealed class CellConversionTests
{
    [Property]
    public bool Write_AnyLong_RoundTrips(long value) =>
        JsonOf(value, MlColumnType.Long).GetInt64() == value
        && JsonOf(value.ToString(CultureInfo.InvariantCulture), MlColumnType.Long).GetInt64() == value
        && JsonOf((decimal)value, MlColumnType.Long).GetInt64() == value
        && JsonOf(value.ToString(CultureInfo.InvariantCulture) + ".00", MlColumnType.Long).GetInt64() == value;

    [Property]
    public bool Write_AnyDouble_RoundTrips(NormalFloat value) =>
        JsonOf(value.Get, MlColumnType.Double).GetDouble() == value.Get
        && JsonOf(value.Get.ToString("R", CultureInfo.InvariantCulture), MlColumnType.Double).GetDouble() == value.Get
        && JsonOf(value.Get, MlColumnType.Double).GetRawText().AsSpan().IndexOfAny('.', 'E') >= 0;

    [Property]
    public bool Write_AnyFloat_RoundTrips(float value) => !float.IsFinite(value) || JsonOf(value, MlColumnType.Float).GetSingle() == value;

    [Property]
    public bool Write_AnyText_RoundTripsOrIsRefused(string? value)
    {
        using Utf8Buffer output = new(1);
        string? problem = CellWriter.Write(output, value, MlColumnType.String);
        if (problem is not null)
        {
            // Half of a surrogate pair.
            return value!.EnumerateRunes().Contains(Rune.ReplacementChar);
        }

        using JsonDocument document = JsonDocument.Parse(output.WrittenMemory);
        return document.RootElement.GetString() == (value == string.Empty ? null : value);
    }

    [Property]
    public bool Write_AnyBytes_RoundTrip(byte[] value) => value is null || JsonOf(value, MlColumnType.Binary).GetBytesFromBase64().SequenceEqual(value);

    [Property]
    public bool Write_AnyDate_RoundTrips(DateTime value) =>
        DateTime.Parse(JsonOf(value, MlColumnType.Datetime).GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Ticks == value.Ticks;

    [Property]
    public bool Write_OtherCulture_SameText(long whole, NormalFloat real, DateTime date, decimal exact)
    {
        object[] values = [whole, real.Get, date, exact, "1234.5", "-7"];
        MlColumnType[] types = [MlColumnType.String, MlColumnType.Double, MlColumnType.Datetime, MlColumnType.String, MlColumnType.Double, MlColumnType.Long];
        string[] before = [.. values.Zip(types, TextOf)];
        CultureInfo saved = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = ".";
            culture.NumberFormat.NegativeSign = "~";
            culture.DateTimeFormat.DateSeparator = "#";
            CultureInfo.CurrentCulture = culture;
            return values.Zip(types, TextOf).SequenceEqual(before);
        }
        finally
        {
            CultureInfo.CurrentCulture = saved;
        }
    }

    [Theory]
    [InlineData("3.0", MlColumnType.Long, "3")]
    [InlineData(" 42 ", MlColumnType.Long, "42")]
    [InlineData("+5", MlColumnType.Integer, "5")]
    [InlineData("1e3", MlColumnType.Long, "1000")]
    [InlineData(3.0, MlColumnType.Long, "3")]
    [InlineData(2, MlColumnType.Double, "2.0")]
    [InlineData("2", MlColumnType.Double, "2.0")]
    [InlineData("1e5", MlColumnType.Double, "100000.0")]
    [InlineData("1E300", MlColumnType.Double, "1E+300")]
    [InlineData("NaN", MlColumnType.Double, "null")]
    [InlineData(double.NaN, MlColumnType.Float, "null")]
    [InlineData("", MlColumnType.Long, "null")]
    [InlineData("  ", MlColumnType.Double, "null")]
    [InlineData("", MlColumnType.String, "null")]
    [InlineData("  ", MlColumnType.String, "\"  \"")]
    [InlineData(null, MlColumnType.Boolean, "null")]
    [InlineData("TRUE", MlColumnType.Boolean, "true")]
    [InlineData("0", MlColumnType.Boolean, "false")]
    [InlineData(1, MlColumnType.Boolean, "true")]
    [InlineData(7, MlColumnType.String, "\"7\"")]
    [InlineData(1.5, MlColumnType.String, "\"1.5\"")]
    [InlineData("a\"b\\\n\u0001é", MlColumnType.String, "\"a\\\"b\\\\\\u000a\\u0001é\"")]
    [InlineData("2024-01-31", MlColumnType.Datetime, "\"2024-01-31\"")]
    [InlineData("2024-01-31T12:00:00.123456789Z", MlColumnType.Datetime, "\"2024-01-31T12:00:00.123456789Z\"")]
    [InlineData("AQI=", MlColumnType.Binary, "\"AQI=\"")]
    [InlineData("x", MlColumnType.Unknown, "\"x\"")]
    [InlineData(5, MlColumnType.Unknown, "5")]
    [InlineData(true, MlColumnType.Unknown, "true")]
    public void Write_Value_AsTheTypeSays(object? value, MlColumnType type, string expected) => Assert.Equal(expected, TextOf(value, type));

    [Theory]
    [InlineData("abc", MlColumnType.Long, "'abc' is no whole number")]
    [InlineData("3.5", MlColumnType.Long, "'3.5' is no whole number")]
    [InlineData(3.5, MlColumnType.Long, "3.5 is no whole number")]
    [InlineData("1,000", MlColumnType.Long, "no whole number")]
    [InlineData("9223372036854775808", MlColumnType.Long, "64 bits")]
    [InlineData(9.3e18, MlColumnType.Long, "64 bits")]
    [InlineData("1e-40", MlColumnType.Long, "no whole number")]
    [InlineData(true, MlColumnType.Long, "True is no whole number")]
    [InlineData("2147483648", MlColumnType.Integer, "range of type integer")]
    [InlineData("1,5", MlColumnType.Double, "no number")]
    [InlineData("1e999", MlColumnType.Double, "infinity")]
    [InlineData(double.PositiveInfinity, MlColumnType.Double, "infinity")]
    [InlineData(1e39, MlColumnType.Float, "range of type float")]
    [InlineData(9007199254740993L, MlColumnType.Double, "cannot be held exactly")]
    [InlineData(long.MaxValue, MlColumnType.Double, "cannot be held exactly")]
    [InlineData("yes", MlColumnType.Boolean, "neither true nor false")]
    [InlineData(2, MlColumnType.Boolean, "neither true nor false")]
    [InlineData("31.01.2024", MlColumnType.Datetime, "ISO 8601")]
    [InlineData("2024-13-01", MlColumnType.Datetime, "ISO 8601")]
    [InlineData("not base64!", MlColumnType.Binary, "base64")]
    [InlineData(double.NegativeInfinity, MlColumnType.Unknown, "infinity")]
    public void Write_ValueThatDoesNotFit_Problem(object value, MlColumnType type, string expected)
    {
        using Utf8Buffer output = new();
        Assert.Contains(expected, CellWriter.Write(output, value, type), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HugeIntegers_NotRounded()
    {
        using Utf8Buffer output = new();
        Assert.NotNull(CellWriter.Write(output, BigInteger.Pow(10, 30), MlColumnType.Long));
        Assert.NotNull(CellWriter.Write(output, ulong.MaxValue, MlColumnType.Long));
        Assert.NotNull(CellWriter.Write(output, ulong.MaxValue, MlColumnType.Double));
        Assert.Equal("12", TextOf(new BigInteger(12), MlColumnType.Long));
    }

    [Fact]
    public void Write_ListsOfUnknownType_AsTheyAre() =>
        Assert.Equal("""[1,[2.5,"a"],{"k":null}]""", TextOf(new object?[] { 1, new object[] { 2.5, "a" }, new Dictionary<string, object?> { ["k"] = null } }, MlColumnType.Unknown));

    [Fact]
    public void Write_ListWithinItself_Problem()
    {
        List<object> list = [];
        list.Add(list);
        using Utf8Buffer output = new();
        Assert.Contains("nested too deeply", CellWriter.Write(output, list, MlColumnType.Unknown), StringComparison.Ordinal);
    }

    private static string TextOf(object? value, MlColumnType type)
    {
        using Utf8Buffer output = new(1);
        Assert.Null(CellWriter.Write(output, value, type));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement JsonOf(object? value, MlColumnType type)
    {
        using JsonDocument document = JsonDocument.Parse(TextOf(value, type));
        return document.RootElement.Clone();
    }
}
