using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.ResourceManager;
using MlflowRollout.Engine.Errors;

namespace MlflowRollout.Engine.Arm;

/// <summary>
/// A resource of the provider. Derives from <see cref="ArmResource"/> for its pipeline; bodies are <see cref="JsonNode"/>, so that fields which this version
/// does not know survive a read, modify, write. Every failure leaves as <see cref="MlException"/>.
/// </summary>
internal abstract class MachineLearningResource : ArmResource
{
    private readonly ResourceIdentifier _id;

    /// <summary>Makes the resource; calls nothing.</summary>
    protected MachineLearningResource(ArmClient client, ResourceIdentifier id)
        : base(client, id)
    {
        _id = id;
    }

    /// <summary>Address of the resource, without query.</summary>
    public Uri Address => new(Endpoint, _id.ToString());

    /// <summary>Address of the resource with the api-version.</summary>
    public Uri ReadAddress => At();

    /// <summary>The pipeline, for operations.</summary>
    internal HttpPipeline ServicePipeline => Pipeline;

    /// <summary>A child resource id.</summary>
    protected ResourceIdentifier Child(string path) => new($"{_id}/{path}");

    /// <summary>Address of the resource or of something below it, with the api-version.</summary>
    protected Uri At(string? below = null, string? query = null, string? apiVersion = null)
    {
        StringBuilder text = new(Address.AbsoluteUri);
        if (below is not null)
        {
            text.Append('/').Append(below);
        }

        text.Append("?api-version=").Append(apiVersion ?? ArmSettings.ApiVersion);
        if (query is not null)
        {
            text.Append('&').Append(query);
        }

        return new Uri(text.ToString());
    }

    /// <summary>The resource; null when there is none.</summary>
    public async Task<JsonObject?> GetIfExistsAsync(CancellationToken cancellationToken)
    {
        using Response response = await SendAsync(RequestMethod.Get, At(), null, cancellationToken, accept: 404).ConfigureAwait(false);
        return response.Status == 404 ? null : ReadObject(response);
    }

    /// <summary>Creates or replaces the resource.</summary>
    public Task<StartedOperation> CreateOrUpdateAsync(JsonObject body, CancellationToken cancellationToken) =>
        StartAsync(RequestMethod.Put, body, cancellationToken);

    /// <summary>Creates or replaces the resource; a lost answer is not followed by a second PUT.</summary>
    public Task<StartedOperation> CreateOnceAsync(JsonObject body, CancellationToken cancellationToken) =>
        StartAsync(RequestMethod.Put, body, cancellationToken, once: true);

    /// <summary>Deletes the resource; an absent one is no error.</summary>
    public Task<StartedOperation> DeleteAsync(CancellationToken cancellationToken) => StartAsync(RequestMethod.Delete, null, cancellationToken);

    /// <summary>Starts a call that may go on after its answer.</summary>
    protected async Task<StartedOperation> StartAsync(
        RequestMethod method, JsonObject? body, CancellationToken cancellationToken, string? below = null, bool once = false, string? apiVersion = null, bool byLocation = false)
    {
        Uri address = At(below, query: null, apiVersion);
        using Response response = await SendAsync(method, address, body, cancellationToken, once: once).ConfigureAwait(false);
        return StartedOperation.From(this, method, address, response, byLocation);
    }

    /// <summary>Reads by POST (keys, tokens, logs, secrets): safe to repeat.</summary>
    protected async Task<JsonObject> PostAsync(string action, JsonObject? body, CancellationToken cancellationToken)
    {
        using Response response = await SendAsync(RequestMethod.Post, At(action), body, cancellationToken, safePost: true).ConfigureAwait(false);
        return ReadObject(response);
    }

    /// <summary>All items of a list as the service pages them; <c>nextLink</c> is followed as it is.</summary>
    protected async IAsyncEnumerable<JsonObject> ListAsync(
        string below, string? query, [EnumeratorCancellation] CancellationToken cancellationToken, bool absentIsEmpty = false)
    {
        Uri? page = At(below, query);
        while (page is not null)
        {
            JsonObject body;
            using (Response response = await SendAsync(
                RequestMethod.Get, page, null, cancellationToken, accept: absentIsEmpty ? 404 : null).ConfigureAwait(false))
            {
                if (response.Status == 404)
                {
                    yield break;
                }

                body = ReadObject(response);
            }

            foreach (JsonNode? item in body.Member("value") as JsonArray ?? [])
            {
                if (item is JsonObject found)
                {
                    yield return found;
                }
            }

            page = body.Text("nextLink") is { Length: > 0 } next ? Trusted(new Uri(Endpoint, next)) : null;
        }
    }

    /// <summary>Sends one call; anything but success, or the accepted status, leaves as <see cref="MlException"/>.</summary>
    internal async Task<Response> SendAsync(
        RequestMethod method, Uri address, JsonObject? body, CancellationToken cancellationToken, int? accept = null, bool safePost = false, bool once = false)
    {
        // Not disposed: that would take the response with it, which is the caller's.
        HttpMessage message = Pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add("Accept", "application/json");
        message.Request.Headers.Add("x-ms-return-client-request-id", "true");
        if (body is not null)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(body.ToJsonString()));
        }

        if (safePost)
        {
            message.SetProperty(ServiceRetryPolicy.SafePostProperty, true);
        }

        if (once)
        {
            message.SetProperty(ServiceRetryPolicy.OnceProperty, true);
        }

        try
        {
            await Pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or IOException or HttpRequestException or AggregateException)
        {
            throw ServiceErrors.FromFailure(exception, address);
        }

        Response response = message.Response;
        if (!response.IsError || response.Status == accept)
        {
            return response;
        }

        using (response)
        {
            throw ServiceErrors.FromResponse(response, $"{method} {address.AbsolutePath}");
        }
    }

    /// <summary>
    /// An address from an answer, when it leads back to the control plane: a token is never sent anywhere else.
    /// </summary>
    internal Uri Trusted(Uri address)
    {
        bool sameHost = string.Equals(address.Host, Endpoint.Host, StringComparison.OrdinalIgnoreCase)
            || address.Host.EndsWith("." + Endpoint.Host, StringComparison.OrdinalIgnoreCase);
        bool samePort = address.Port == Endpoint.Port;
        return sameHost && samePort && address.Scheme == Endpoint.Scheme
            ? address
            : throw new MlServiceException(
                MlErrorIds.UnexpectedResponse,
                MlErrorCategory.ProtocolError,
                $"The service answered with a link to {address.Host}, which is not its own host {Endpoint.Host}. It is not followed, since a token would go there.");
    }

    /// <summary>The body of an answer, which must be an object.</summary>
    protected static JsonObject ReadObject(Response response) =>
        JsonBody.TryParseObject(response.Content.ToMemory().Span)
        ?? throw new MlServiceException(
            MlErrorIds.UnexpectedResponse,
            MlErrorCategory.ProtocolError,
            $"The service answered {response.Status} with a body that is no JSON object.")
        {
            StatusCode = response.Status,
            RawBody = SecretScrubber.Scrub(response.Content.ToString()),
            CorrelationId = ServiceErrors.CorrelationOf(response),
        };
}
