using System.Runtime.InteropServices;
using System.Text.Json;
using MlflowRollout.Net8Host;

// MlflowRollout.Net8Host <command> <folder of the composed module> [more folders]; the answer is one line of JSON.
if (args.Length < 2)
{
    await Console.Error.WriteLineAsync("Usage: MlflowRollout.Net8Host surface|load-context|walkthrough <module folder> …");
    return 2;
}

ComposedModule module = ComposedModule.Load(args[1]);
Dictionary<string, object?> answer = new() { ["runtime"] = RuntimeInformation.FrameworkDescription };
switch (args[0])
{
    case "surface":
        Surface.Compile(module, answer);
        break;
    case "load-context":
        await Contexts.RegisterBesideOlderPackagesAsync(module, packages: args[2], modelFolder: args[3], olderFolder: args[4], answer);
        break;
    case "walkthrough":
        await Walkthrough.RunAsync(module, packages: args[2], example: args[3], answer);
        break;
    default:
        throw new ArgumentException($"There is no command '{args[0]}'.");
}

await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer));
return 0;
