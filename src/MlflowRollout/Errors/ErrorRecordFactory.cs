using System.Management.Automation;

namespace MlflowRollout.Errors;

/// <summary>The one place where exceptions become error records.</summary>
internal static class ErrorRecordFactory
{
    /// <summary>True for errors after which no further input can succeed.</summary>
    internal static bool EndsThePipeline(string errorId) => errorId is
        MlErrorIds.NotConnected or MlErrorIds.AuthenticationFailed or MlErrorIds.WorkspaceAmbiguous or MlErrorIds.TooManyErrors;

    /// <summary>Makes the record; keeps category, id, target and the recommended action.</summary>
    internal static ErrorRecord Create(Exception error, object? target = null)
    {
        if (error is not MlException known)
        {
            return new ErrorRecord(error, "InternalError", ErrorCategory.NotSpecified, target);
        }

        var record = new ErrorRecord(known, known.ErrorId, Enum.Parse<ErrorCategory>(known.Category.ToString()), target ?? known.Target);
        if (known.RecommendedAction is not null)
        {
            // PowerShell shows the recommendation in a line of its own below the message.
            record.ErrorDetails = new ErrorDetails(known.Message) { RecommendedAction = known.RecommendedAction };
        }

        return record;
    }
}
