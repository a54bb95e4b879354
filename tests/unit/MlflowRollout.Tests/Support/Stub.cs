using System.Reflection;

namespace MlflowRollout.Tests.Support;

/// <summary>An interface of the contract of which a test fills the members that it needs; any other one throws.</summary>
public class Stub : DispatchProxy
{
    private readonly Dictionary<string, Func<object?[], object?>> _members = [];

    public static T Of<T>(params (string Member, Func<object?[], object?> Body)[] members)
        where T : class
    {
        T proxy = Create<T, Stub>();
        foreach ((string member, Func<object?[], object?> body) in members)
        {
            ((Stub)(object)proxy)._members[member] = body;
        }

        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        string name = targetMethod!.Name.Replace("get_", string.Empty, StringComparison.Ordinal);
        return _members.TryGetValue(name, out Func<object?[], object?>? body)
            ? body(args ?? [])
            : throw new InvalidOperationException($"{targetMethod.DeclaringType!.Name}.{name} was not expected to be called.");
    }
}
