// The engine's stand-in and the connections are the process's.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
