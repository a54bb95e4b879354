using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Parameters;

/// <summary>
/// The environment of a deployment as users write it: a reference (<c>azureml:name:version</c>, <c>azureml:name@latest</c>, <c>AzureML-…</c>, a resource id, a registry's
/// uri), or a hashtable of what to register: <c>@{ Image = '…'; CondaFile = './conda.yaml' }</c>, <c>@{ Build = './docker' }</c>. It is read when the cmdlet runs, so that
/// paths count from the session's location and a mistake is an error of ours.
/// </summary>
[TypeConverter(typeof(Converter))]
public sealed class EnvironmentArgument
{
    private const int LargestCondaFile = 1024 * 1024;
    private const string What = "an environment";

    private readonly object _value;

    private EnvironmentArgument(object value) => _value = value;

    /// <summary>A registered environment.</summary>
    /// <param name="reference">The reference.</param>
    public EnvironmentArgument(string reference)
        : this((object)reference)
    {
    }

    /// <summary>An environment to register.</summary>
    /// <param name="settings">What it is made of.</param>
    public EnvironmentArgument(IDictionary settings)
        : this((object)settings)
    {
    }

    /// <summary>The environment as it was written.</summary>
    public override string ToString() => _value as string ?? What;

    /// <summary>The environment with its paths resolved and its files read. For the pipeline thread only.</summary>
    /// <param name="cmdlet">Whose session it is.</param>
    /// <exception cref="MlException">It cannot be read.</exception>
    internal MlEnvironmentSettings ToSettings(PSCmdlet cmdlet)
    {
        switch (_value)
        {
            case MlEnvironmentSettings settings:
                return settings;
            case string reference:
                return new MlEnvironmentSettings { Reference = reference };
            default:
                try
                {
                    return Read(cmdlet, _value);
                }
                catch (ArgumentTransformationMetadataException exception)
                {
                    throw new MlValidationException(MlErrorIds.EnvironmentInvalid, $"{exception.Message} Nothing was changed.", MlErrorCategory.InvalidArgument, exception);
                }
        }
    }

    /// <summary>The environment, read, for another runspace.</summary>
    internal EnvironmentArgument Resolve(PSCmdlet cmdlet) => new((object)ToSettings(cmdlet));

    private static MlEnvironmentSettings Read(PSCmdlet cmdlet, object value)
    {
        SettingsTable table = SettingsTable.Read(
            What, value, "Image", "CondaFile", "Build", "InferenceConfig", "Name", "Version", "Description", "Tag", "OsType");
        string? build = table.Value("Build") as string;
        SettingsTable? context = build is null && table.Value("Build") is { } described ? SettingsTable.Read("a build context", described, "Path", "DockerfilePath") : null;
        build ??= context?.Text("Path");
        SettingsTable? inference = table.Value("InferenceConfig") is { } routes
            ? SettingsTable.Read("an inference config", routes, "LivenessRoute", "ReadinessRoute", "ScoringRoute")
            : null;
        return new MlEnvironmentSettings
        {
            Name = table.Text("Name"),
            Version = table.Text("Version"),
            Description = table.Text("Description"),
            Tags = table.TextMap("Tag"),
            Image = table.Text("Image"),
            CondaFile = table.Text("CondaFile") is { } conda ? ReadText(FileSystemPath.ResolveLiteral(cmdlet, conda)) : null,
            BuildContext = build is null ? null : FileSystemPath.ResolveLiteral(cmdlet, build),
            DockerfilePath = context?.Text("DockerfilePath"),
            LivenessRoute = Route(inference, "LivenessRoute"),
            ReadinessRoute = Route(inference, "ReadinessRoute"),
            ScoringRoute = Route(inference, "ScoringRoute"),
            OsType = table.Text("OsType"),
        };
    }

    private static MlInferenceRoute? Route(SettingsTable? inference, string key)
    {
        if (inference?.Value(key) is not { } value)
        {
            return null;
        }

        SettingsTable route = SettingsTable.Read($"the {key} of an inference config", value, "Path", "Port");
        return new MlInferenceRoute(
            route.Text("Path") ?? throw new ArgumentTransformationMetadataException($"The {key} of the inference config has no Path."),
            route.Number("Port") ?? throw new ArgumentTransformationMetadataException($"The {key} of the inference config has no Port."));
    }

    private static string ReadText(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Length <= LargestCondaFile
                ? File.ReadAllText(path)
                : throw new MlValidationException(
                    MlErrorIds.EnvironmentInvalid, string.Create(CultureInfo.InvariantCulture, $"The conda file '{path}' has {file.Length} bytes; that is none. Nothing was changed."))
                {
                    Target = path,
                };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{path}' cannot be read: {exception.Message}", MlErrorCategory.ReadError, exception) { Target = path };
        }
    }

    /// <summary>Converts.</summary>
    public sealed class Converter : ReferenceConverter<EnvironmentArgument>
    {
        /// <inheritdoc/>
        protected override string Expected => "an environment";

        /// <inheritdoc/>
        protected override EnvironmentArgument? From(PSObject value) => value.BaseObject switch
        {
            EnvironmentArgument same => same,
            string text => new EnvironmentArgument(text),
            IDictionary map => new EnvironmentArgument(map),
            MlEnvironmentSettings settings => new EnvironmentArgument((object)settings),
            _ => null,
        };
    }
}
