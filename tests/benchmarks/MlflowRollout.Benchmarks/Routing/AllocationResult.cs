using System.Globalization;

namespace MlflowRollout.Benchmarks.Routing;

/// <summary>What one request costs in the gateway, with so many deployments.</summary>
internal sealed record AllocationResult(int Deployments, double Bytes, double Nanoseconds)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Deployments} deployments: {Bytes:0.0} bytes, {Nanoseconds:0} ns a request");
}
