using System.ComponentModel;
using System.Management.Automation;
using MlflowRollout.Connections;

namespace MlflowRollout.Parameters;

/// <summary>
/// A model version by object or by text: <c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>name:version</c>, <c>name</c>,
/// <c>models:/name/version</c>, a resource id, or a registry uri.
/// </summary>
[TypeConverter(typeof(Converter))]
public sealed class ModelReference
{
    /// <summary>Names a model version.</summary>
    /// <param name="text">The reference.</param>
    public ModelReference(string text) => Text = text;

    /// <summary>The reference as text.</summary>
    public string Text { get; }

    /// <summary>The model, when it was given as an object of this process.</summary>
    public MlModel? Model { get; private init; }

    internal string? Name { get; private init; }

    internal string? Version { get; private init; }

    internal string? ConnectionId { get; private init; }

    internal string? WorkspaceName { get; private init; }

    internal ObjectOrigin Origin => new(ConnectionId, WorkspaceName, $"Model '{Text}'");

    /// <summary>The reference.</summary>
    public override string ToString() => Text;

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<ModelReference>
    {
        /// <inheritdoc/>
        protected override string Expected => "a model";

        /// <inheritdoc/>
        protected override ModelReference? From(PSObject value)
        {
            switch (value.BaseObject)
            {
                case ModelReference same:
                    return same;
                case string text:
                    return new ModelReference(text);
            }

            // A model of a registry belongs to no workspace: its uri says all.
            if (Is<MlRegistryModel>(value) && Text(value, "Reference") is { } uri)
            {
                return new ModelReference(uri);
            }

            // A deployment carries ModelName too, but it is not a model.
            if (Text(value, "ModelName") is not { } name || Text(value, "DeploymentName") is not null)
            {
                return null;
            }

            string? version = Text(value, "Version");
            return new ModelReference(version is null ? $"azureml:{name}@latest" : $"azureml:{name}:{version}")
            {
                Model = value.BaseObject as MlModel,
                Name = name,
                Version = version,
                ConnectionId = Text(value, "ConnectionId"),
                WorkspaceName = Text(value, "WorkspaceName"),
            };
        }

        private static new string? Text(PSObject value, string property) => ReferenceConverter<ModelReference>.Text(value, property);
    }
}
