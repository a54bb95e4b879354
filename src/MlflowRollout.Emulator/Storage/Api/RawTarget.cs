using Microsoft.AspNetCore.Http.Features;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>
/// The path as it was sent. Escaped slashes and dot segments are part of a blob's name, and signatures are made over
/// exactly what was sent.
/// </summary>
internal static class RawTarget
{
    public static string PathOf(HttpContext http)
    {
        string target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        if (!target.StartsWith('/'))
        {
            return http.Request.Path.ToUriComponent();
        }

        int query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }
}
