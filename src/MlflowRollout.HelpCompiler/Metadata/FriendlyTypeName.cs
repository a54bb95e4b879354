namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>Names of types as PowerShell users see them.</summary>
internal static class FriendlyTypeName
{
    /// <summary>The short name: no namespace, no Nullable.</summary>
    /// <param name="type">Type.</param>
    internal static string Short(Type type)
    {
        Type plain = WithoutNullable(type);
        if (plain.IsArray)
        {
            return Short(plain.GetElementType()!) + "[]";
        }

        return plain.IsGenericType
            ? $"{plain.Name[..plain.Name.IndexOf('`', StringComparison.Ordinal)]}[{string.Join(",", plain.GetGenericArguments().Select(Short))}]"
            : plain.Name;
    }

    /// <summary>The full name, without Nullable.</summary>
    /// <param name="type">Type.</param>
    internal static string Full(Type type)
    {
        Type plain = WithoutNullable(type);
        return plain.IsGenericType ? $"{plain.Namespace}.{Short(plain)}" : plain.FullName ?? plain.Name;
    }

    /// <summary>The type itself, or what a nullable value type holds.</summary>
    /// <param name="type">Type.</param>
    internal static Type WithoutNullable(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Nullable`1" ? type.GetGenericArguments()[0] : type;
}
