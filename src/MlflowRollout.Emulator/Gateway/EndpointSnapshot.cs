using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MlflowRollout.Emulator.Serving;

namespace MlflowRollout.Emulator.Gateway;

/// <summary>
/// The routing of one endpoint, ready for use: everything a request asks is one array or dictionary access, whatever the number of
/// deployments. Immutable; a change of traffic replaces the whole.
/// </summary>
internal sealed class EndpointSnapshot
{
    private const string BearerPrefix = "Bearer ";

    private readonly FrozenDictionary<string, RunningDeployment> _byName;
    private readonly RunningDeployment[] _tickets;
    private readonly int _mirrorWeight;
    private readonly EndpointAuthMode _authMode;
    private readonly string _primaryKey;
    private readonly string _secondaryKey;
    private readonly Func<string, bool> _tokenValidator;

    public EndpointSnapshot(EndpointRoute route)
    {
        EndpointName = route.EndpointName;
        _authMode = route.AuthMode;
        _primaryKey = route.PrimaryKey;
        _secondaryKey = route.SecondaryKey;
        _tokenValidator = route.TokenValidator;

        var byName = new Dictionary<string, RunningDeployment>(StringComparer.OrdinalIgnoreCase);
        var tickets = new List<RunningDeployment>(100);
        foreach (var entry in route.Deployments)
        {
            var deployment = entry.Deployment as RunningDeployment
                ?? throw new ArgumentException($"Deployment '{entry.Deployment.Specification.DeploymentName}' was not started by this plane.", nameof(route));
            var name = deployment.Specification.DeploymentName;
            if (entry.Weight is < 0 or > 100 || entry.MirrorWeight is < 0 or > 100)
            {
                throw new ArgumentException($"Weights of deployment '{name}' must be between 0 and 100.", nameof(route));
            }

            if (!byName.TryAdd(name, deployment))
            {
                throw new ArgumentException($"Deployment '{name}' is in the route of '{route.EndpointName}' twice.", nameof(route));
            }

            tickets.AddRange(Enumerable.Repeat(deployment, entry.Weight));
            if (entry.MirrorWeight > 0)
            {
                Mirror = deployment;
                _mirrorWeight = entry.MirrorWeight;
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _tickets = [.. tickets];
    }

    public string EndpointName { get; }

    /// <summary>The deployment that gets copies, if any.</summary>
    public RunningDeployment? Mirror { get; }

    /// <summary>One ticket for each percent of live traffic.</summary>
    public IReadOnlyList<RunningDeployment> Tickets => _tickets;

    /// <summary>What a request without a good credential is told.</summary>
    public byte[] DeniedText => _authMode == EndpointAuthMode.Key ? GatewayAnswer.AccessDenied : GatewayAnswer.TokenDenied;

    /// <summary>The deployment of that name, whatever its weight.</summary>
    public RunningDeployment? Pinned(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Draws a deployment by weight; null when none has any.</summary>
    public RunningDeployment? Draw(IRandomSource random)
    {
        var tickets = _tickets;
        return tickets.Length == 0 ? null : tickets[random.Next(tickets.Length)];
    }

    /// <summary>Draws whether this request is mirrored.</summary>
    public bool DrawMirror(IRandomSource random) => Mirror is not null && random.Next(100) < _mirrorWeight;

    /// <summary>Whether the value of an Authorization header opens this endpoint.</summary>
    public bool Authorizes(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var credential = authorization.AsSpan(BearerPrefix.Length).Trim();
        if (credential.IsEmpty)
        {
            return false;
        }

        if (_authMode != EndpointAuthMode.Key)
        {
            return _tokenValidator(credential.ToString());
        }

        // Both are compared always, each in constant time.
        var given = MemoryMarshal.AsBytes(credential);
        var primary = Matches(given, _primaryKey);
        var secondary = Matches(given, _secondaryKey);
        return primary | secondary;
    }

    private static bool Matches(ReadOnlySpan<byte> given, string key)
        => key.Length > 0 && CryptographicOperations.FixedTimeEquals(given, MemoryMarshal.AsBytes(key.AsSpan()));
}
