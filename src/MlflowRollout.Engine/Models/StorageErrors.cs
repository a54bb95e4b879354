using System.Globalization;
using Azure;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Models;

/// <summary>Failures of the blob service as this module's errors.</summary>
internal static class StorageErrors
{
    /// <summary>Runs a storage call.</summary>
    public static async Task<T> RunAsync<T>(Uri container, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status is 401 or 403)
        {
            throw new MlServiceException(
                MlErrorIds.AccessDenied,
                MlErrorCategory.PermissionDenied,
                string.Create(CultureInfo.InvariantCulture, $"The storage {container.Host} refuses access ({exception.Status}, {exception.ErrorCode})."),
                exception)
            {
                StatusCode = exception.Status,
                ServiceErrorCode = exception.ErrorCode,
                Target = container.Host,
                RecommendedAction = "Ask for the role Storage Blob Data Contributor on the workspace's storage account, and check its firewall.",
            };
        }
        catch (Exception exception) when (exception is RequestFailedException or HttpRequestException or Azure.Identity.AuthenticationFailedException or AggregateException
            || (exception is IOException && exception is not (FileNotFoundException or DirectoryNotFoundException)))
        {
            throw ServiceErrors.FromFailure(exception, container);
        }
    }
}
