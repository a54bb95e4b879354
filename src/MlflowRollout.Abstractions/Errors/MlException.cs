namespace MlflowRollout;

/// <summary>
/// An error of this module. Every error has a stable id (see <see cref="MlErrorIds"/>), a category, the thing it is about and,
/// where there is one, the next step for the user. It never carries a secret.
/// </summary>
public class MlException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="errorId">Stable id, one of <see cref="MlErrorIds"/>.</param>
    /// <param name="category">Kind of error.</param>
    /// <param name="message">Names the thing, the rule and the way out.</param>
    /// <param name="innerException">Cause.</param>
    public MlException(string errorId, MlErrorCategory category, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Category = category;
    }

    /// <summary>Stable id; part of the module's public contract.</summary>
    public string ErrorId { get; }

    /// <summary>Kind of error.</summary>
    public MlErrorCategory Category { get; }

    /// <summary>What the error is about: a name, or the object (for instance the failed deployment).</summary>
    public object? Target { get; init; }

    /// <summary>One sentence that says what to do next; null where nothing sensible can be said.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>True when nothing further can succeed (no connection, bad credential): the cmdlet stops its pipeline.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>HTTP status of the service's answer; null when the error did not come from the service.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's own error code, for instance <c>ResourceNotReady</c>.</summary>
    public string? ServiceErrorCode { get; init; }

    /// <summary>The service's correlation id, to give to its support.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The service's answer as it came, with secrets removed.</summary>
    public string? RawBody { get; init; }

    /// <summary>Last lines of the deployment's containers where a deployment failed; empty otherwise.</summary>
    public IReadOnlyList<string> LogLines { get; init; } = [];
}
