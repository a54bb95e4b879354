using System.Reflection;

namespace MlflowRollout.HelpCompiler.Metadata;

/// <summary>Reads the cmdlets of an assembly from their attributes.</summary>
internal static class CmdletAssemblyReader
{
    private const string Namespace = "System.Management.Automation.";

    /// <summary>Reads all cmdlets of an assembly file.</summary>
    /// <param name="path">The file.</param>
    internal static IReadOnlyList<CmdletMetadata> Read(string path)
    {
        var context = new CmdletAssemblyLoadContext(path);
        try
        {
            return Read(context.LoadMain().GetExportedTypes());
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Reads the cmdlets among these types, by name.</summary>
    /// <param name="types">Types.</param>
    internal static IReadOnlyList<CmdletMetadata> Read(IEnumerable<Type> types) =>
        [.. types
            .Where(type => !type.IsAbstract)
            .Select(type => (Type: type, Attribute: Find(type, "CmdletAttribute")))
            .Where(pair => pair.Attribute is not null)
            .Select(pair => ReadCmdlet(pair.Type, pair.Attribute!))
            .OrderBy(cmdlet => cmdlet.Name, StringComparer.OrdinalIgnoreCase)];

    private static CmdletMetadata ReadCmdlet(Type type, CustomAttributeData attribute)
    {
        List<ParameterMetadata> parameters = [.. type
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .GroupBy(property => property.Name, StringComparer.OrdinalIgnoreCase)
            .Select(group => ReadParameter(group.First()))
            .OfType<ParameterMetadata>()];
        if (Named<bool>(attribute, "SupportsShouldProcess"))
        {
            parameters.Add(Switch("WhatIf", "wi"));
            parameters.Add(Switch("Confirm", "cf"));
        }

        return new CmdletMetadata(
            (string)attribute.ConstructorArguments[0].Value!,
            (string)attribute.ConstructorArguments[1].Value!,
            Named<string>(attribute, "DefaultParameterSetName"),
            [.. parameters.OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)],
            [.. FindAll(type, "OutputTypeAttribute").SelectMany(OutputTypes).Distinct()]);
    }

    private static ParameterMetadata? ReadParameter(PropertyInfo property)
    {
        CustomAttributeData[] declarations = [.. FindAll(property, "ParameterAttribute").Where(declaration => !Named<bool>(declaration, "DontShow"))];
        if (declarations.Length == 0)
        {
            return null;
        }

        Type type = FriendlyTypeName.WithoutNullable(property.PropertyType);
        bool isSwitch = type.FullName == Namespace + "SwitchParameter";
        Type element = type.IsArray ? type.GetElementType()! : type;
        IReadOnlyList<string> accepted = FindAll(property, "ValidateSetAttribute").FirstOrDefault() is { } set && set.ConstructorArguments is [{ Value: not null } values]
            ? Texts(values)
            : element.IsEnum ? [.. Enum.GetNames(element).Where(name => name != "Unknown")] : [];
        return new ParameterMetadata(
            property.Name,
            FriendlyTypeName.Short(type),
            FriendlyTypeName.Full(type),
            isSwitch,
            FindAll(property, "AliasAttribute").FirstOrDefault() is { } alias ? Texts(alias.ConstructorArguments[0]) : [],
            accepted,
            FindAll(property, "SupportsWildcardsAttribute").Any(),
            [.. declarations.Select(ReadUse).OrderBy(use => use.SetName, StringComparer.Ordinal)]);
    }

    private static ParameterSetUse ReadUse(CustomAttributeData declaration)
    {
        int? position = declaration.NamedArguments.FirstOrDefault(argument => argument.MemberName == "Position").TypedValue.Value as int?;
        return new ParameterSetUse(
            Named<string>(declaration, "ParameterSetName") ?? ParameterSetUse.AllSets,
            Named<bool>(declaration, "Mandatory"),
            position is >= 0 ? position : null,
            Named<bool>(declaration, "ValueFromPipeline"),
            Named<bool>(declaration, "ValueFromPipelineByPropertyName"),
            Named<bool>(declaration, "ValueFromRemainingArguments"));
    }

    private static ParameterMetadata Switch(string name, string alias) => new(
        name, "SwitchParameter", Namespace + "SwitchParameter", true, [alias], [], false,
        [new ParameterSetUse(ParameterSetUse.AllSets, false, null, false, false, false)]);

    private static IEnumerable<OutputMetadata> OutputTypes(CustomAttributeData attribute) =>
        attribute.ConstructorArguments
            .SelectMany(argument => argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value])
            .Select(value => value switch
            {
                Type type => FriendlyTypeName.Full(type),
                string name => name,
                _ => null,
            })
            .OfType<string>()
            .Where(name => name != "System.Void")
            .Select(name => new OutputMetadata(name));

    private static string[] Texts(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> many
            ? [.. many.Select(one => one.Value?.ToString()).OfType<string>()]
            : argument.Value is { } one ? [one.ToString()!] : [];

    private static CustomAttributeData? Find(MemberInfo member, string name) => FindAll(member, name).FirstOrDefault();

    private static IEnumerable<CustomAttributeData> FindAll(MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType.FullName == Namespace + name);

    private static T? Named<T>(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is T value ? value : default;
}
