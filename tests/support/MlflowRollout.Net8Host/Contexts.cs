using System.Reflection;
using System.Runtime.Loader;
using MlflowRollout.Services;

namespace MlflowRollout.Net8Host;

/// <summary>The engine in a process that has loaded older versions of its packages before.</summary>
internal static class Contexts
{
    public static async Task RegisterBesideOlderPackagesAsync(
        ComposedModule module, string packages, string modelFolder, string olderFolder, Dictionary<string, object?> answer)
    {
        foreach (string older in Directory.EnumerateFiles(olderFolder, "*.dll"))
        {
            AssemblyLoadContext.Default.LoadFromAssemblyPath(older);
        }

        IMlEngine engine = (IMlEngine)module.CreateEngine();
        ConsoleContext context = new();
        IMlWorkspaceClient workspace = await engine.ConnectAsync(Walkthrough.Ephemeral(packages), context, CancellationToken.None);
        try
        {
            MlModel? model = await workspace.Models.RegisterAsync(new MlModelRegistration { Name = "heart", Source = modelFolder }, context, CancellationToken.None);
            answer["model"] = $"{model!.Name}:{model.Version}";
        }
        finally
        {
            await engine.DisconnectAsync(workspace.Workspace.ConnectionId, context, CancellationToken.None);
        }

        answer["loaded"] = (
            from loadContext in AssemblyLoadContext.All
            from Assembly assembly in loadContext.Assemblies
            where !assembly.IsDynamic
            let name = assembly.GetName()
            select new { context = loadContext.Name, name = name.Name, version = name.Version!.ToString() }).ToArray();
    }
}
