using MlflowRollout.HelpCompiler;
using MlflowRollout.HelpCompiler.Metadata;

HelpCompilerOptions? options = HelpCompilerOptions.Parse(args, out string? error);
if (options is null)
{
    Console.Error.WriteLine(error);
    Console.Error.WriteLine(HelpCompilerOptions.Usage);
    return 2;
}

foreach (string missing in new[] { options.ModuleAssembly, options.Sources }.Where(path => !File.Exists(path) && !Directory.Exists(path)))
{
    Console.Error.WriteLine($"'{missing}' does not exist. Build the module first, and mind the current folder.");
    return 2;
}

var compilation = new HelpCompilation(CmdletAssemblyReader.Read(options.ModuleAssembly), options.Sources);
if (options.Update)
{
    foreach (string file in compilation.Update())
    {
        Console.WriteLine($"updated {file}");
    }
}
else
{
    compilation.Check();
    compilation.Write(options.Output!, Path.GetFileName(options.ModuleAssembly));
}

foreach (HelpProblem problem in compilation.Problems)
{
    Console.WriteLine(problem);
}

return compilation.Problems.Count == 0 ? 0 : 1;
