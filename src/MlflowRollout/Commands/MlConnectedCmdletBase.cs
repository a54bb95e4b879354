using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MlflowRollout.Completion;
using MlflowRollout.Connections;
using MlflowRollout.Parameters;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Base of the cmdlets that act in a workspace.</summary>
public abstract class MlConnectedCmdletBase : MlCmdletBase
{
    /// <summary>
    /// The connected workspace to act in, by name, resource id or object. Not needed with one connection, or with an object, which acts in the workspace it
    /// came from.
    /// </summary>
    [Parameter]
    [Alias("Connection")]
    [AllowNull]
    [ArgumentCompleter(typeof(WorkspaceCompleter))]
    public WorkspaceReference? Workspace { get; set; }

    /// <summary>The workspace for a call. May be called on any thread.</summary>
    /// <param name="isChange">True for calls that change something.</param>
    /// <param name="objects">Origins of the objects of the call.</param>
    private protected IMlWorkspaceClient Resolve(bool isChange, params ObjectOrigin?[] objects)
    {
        // A connection that failed must never mean the other workspace that happens to be connected.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Workspace)))
        {
            _ = Required(Workspace, nameof(Workspace));
        }

        return ConnectionResolver.Resolve(Workspace, objects, isChange, Session);
    }

    /// <summary>
    /// Refuses a null that came from an earlier step. Under <c>-WhatIf</c> that is to be expected: the caller then only says what it would do.
    /// </summary>
    /// <param name="value">Parameter value.</param>
    /// <param name="parameter">Its name.</param>
    /// <exception cref="MlValidationException">The value is null.</exception>
    private protected static T Required<T>(T? value, string parameter)
        where T : class =>
        value ?? throw new MlValidationException(
            MlErrorIds.EarlierStepFailed, $"-{parameter} is null, so there is nothing to act on: an earlier command failed or gave no object.")
        {
            RecommendedAction = "See the error before this one. With $ErrorActionPreference = 'Stop' a script ends there instead of going on.",
        };

    /// <summary>
    /// Under <c>-WhatIf</c> an earlier step makes no object. Says what would be done to it and returns true; otherwise returns false.
    /// </summary>
    /// <param name="value">Parameter value that may be null.</param>
    /// <param name="target">What would be acted on.</param>
    /// <param name="action">What would be done.</param>
    private protected bool SaysWhatIf(object? value, string target, string action)
    {
        if (value is not null || !IsWhatIf)
        {
            return false;
        }

        _ = ShouldProcess(target, action);
        return true;
    }

    /// <summary>Reads a definition file off the pipeline thread and says in verbose what of it was passed over.</summary>
    /// <typeparam name="T">Kind of definition.</typeparam>
    /// <param name="file">Path as typed; null gives null.</param>
    /// <param name="read">Reads the full path.</param>
    /// <param name="notes">What a definition says was passed over.</param>
    /// <exception cref="MlValidationException">There is no such file, or it has mistakes.</exception>
    private protected async Task<T?> ReadDefinitionAsync<T>(string? file, Func<IMlDefinitionReader, string, T> read, Func<T, IReadOnlyList<string>> notes)
        where T : class
    {
        if (file is null)
        {
            return null;
        }

        string path = await InvokeAsync(() => FileSystemPath.ResolveLiteral(this, file)).ConfigureAwait(false);
        T definition = read(Engine.Definitions, path);
        foreach (string note in notes(definition))
        {
            Context.Verbose(note);
        }

        return definition;
    }

    /// <summary>Keys of a definition file that parameters replace, by parameter.</summary>
    /// <param name="keys">Parameter and key.</param>
    private protected string[] ReplacedKeys(params (string Parameter, string Key)[] keys) =>
        [.. keys.Where(pair => MyInvocation.BoundParameters.ContainsKey(pair.Parameter)).Select(pair => pair.Key)];

    /// <summary>The error for what neither a parameter nor a definition file names.</summary>
    /// <param name="what">What is missing, such as <c>the name of the endpoint</c>.</param>
    /// <param name="parameter">Parameter that says it.</param>
    /// <param name="key">Key of a definition file that says it.</param>
    /// <param name="file">The definition file; null when none was given.</param>
    private protected static MlValidationException Missing(string what, string parameter, string key, string? file) =>
        new(MlErrorIds.ParameterInvalid, file is null ? $"Nothing says {what}." : $"Nothing says {what}: there is no -{parameter}, and the definition file '{file}' has no '{key}'.")
        {
            IsTerminating = true,
            RecommendedAction = file is null ? $"Give -{parameter}, or a definition file with '{key}'." : $"Give -{parameter}, or write '{key}' into the file.",
        };

    /// <summary>Tags and the like from a hashtable; a null value stays null.</summary>
    private protected static Dictionary<string, string?>? ToTextMap(IDictionary? map) =>
        map?.Entries().ToDictionary(
            entry => entry.Key.ToString()!, entry => entry.Value is null ? null : Convert.ToString(entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value, CultureInfo.InvariantCulture));

    /// <summary>The same for a new thing, where a null value makes no sense; null gives an empty map.</summary>
    private protected static Dictionary<string, string> ToFullTextMap(IDictionary? map) =>
        ToTextMap(map)?.ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty) ?? [];
}
