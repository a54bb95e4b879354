using System.Management.Automation;
using Xunit.Sdk;

namespace MlflowRollout.Testing;

/// <summary>Everything that one invocation wrote.</summary>
public sealed class InvocationResult
{
    /// <summary>What went down the pipeline.</summary>
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>Non-terminating errors, in order.</summary>
    public required IReadOnlyList<ErrorRecord> NonTerminatingErrors { get; init; }

    /// <summary>The error that ended the invocation, or null.</summary>
    public required ErrorRecord? TerminatingError { get; init; }

    /// <summary>Warnings.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Verbose lines.</summary>
    public required IReadOnlyList<string> Verbose { get; init; }

    /// <summary>Debug lines.</summary>
    public required IReadOnlyList<string> Debug { get; init; }

    /// <summary>Information records.</summary>
    public required IReadOnlyList<InformationRecord> Information { get; init; }

    /// <summary>Progress records.</summary>
    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>Whether the pipeline was stopped.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Non-terminating errors, then the terminating one.</summary>
    public IReadOnlyList<ErrorRecord> Errors => TerminatingError is null ? NonTerminatingErrors : [.. NonTerminatingErrors, TerminatingError];

    /// <summary>The one error there is; fails otherwise.</summary>
    public ErrorRecord Error => Errors.Count == 1 ? Errors[0] : throw new XunitException($"Expected one error, got {Errors.Count}.\n{Describe()}");

    /// <summary>The one object written, unwrapped; fails otherwise or where anything was an error.</summary>
    public object One() => Values() is [object one] ? one : throw new XunitException($"Expected one object.\n{Describe()}");

    /// <summary>The one object written, as a type; fails otherwise.</summary>
    public T One<T>() => One() is T typed ? typed : throw new XunitException($"Expected one {typeof(T)}.\n{Describe()}");

    /// <summary>A property of the one object written.</summary>
    public object? Property(string name) => Output is [PSObject one]
        ? (one.Properties[name] ?? throw new XunitException($"The object has no property '{name}'.\n{Describe()}")).Value
        : throw new XunitException($"Expected one object.\n{Describe()}");

    /// <summary>The objects written, unwrapped; fails where anything was an error.</summary>
    public IReadOnlyList<object?> Values()
    {
        AssertSucceeded();
        return [.. Output.Select(static item => item?.BaseObject is PSCustomObject ? item : item?.BaseObject)];
    }

    /// <summary>Fails where anything was an error or the pipeline was stopped; returns itself.</summary>
    public InvocationResult AssertSucceeded() =>
        Errors.Count == 0 && !Stopped ? this : throw new XunitException($"The invocation failed.\n{Describe()}");

    /// <summary>The id of an error as its cmdlet gave it, without the cmdlet's name behind the comma.</summary>
    public static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    /// <summary>Everything as text, for messages.</summary>
    public string Describe() => string.Join('\n',
    [
        $"stopped: {Stopped}",
        .. Output.Select(static item => $"output: {item}"),
        .. Errors.Select(static error => $"error [{error.FullyQualifiedErrorId}, {error.CategoryInfo.Category}]: {error} {error.ErrorDetails?.RecommendedAction}\n{error.ScriptStackTrace}\n{error.Exception}"),
        .. Warnings.Select(static line => $"warning: {line}"),
    ]);
}
