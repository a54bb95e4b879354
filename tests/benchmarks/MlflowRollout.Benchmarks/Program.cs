using MlflowRollout.Benchmarks;
using MlflowRollout.Benchmarks.Load;
using MlflowRollout.Benchmarks.Sessions;

// Parts of the program that it starts as processes of their own.
switch (args)
{
    case ["bare-server", string model, string certificate]:
        await BareServer.RunAsync(model, certificate);
        return 0;
    case ["session-probe", .. string[] probe]:
        SessionProbe.Run(probe);
        return 0;
    default:
        return await BenchmarkRun.MainAsync(args);
}
