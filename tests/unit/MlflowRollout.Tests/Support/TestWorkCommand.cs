using System.Management.Automation;
using MlflowRollout.Commands;
using MlflowRollout.Services;

namespace MlflowRollout.Tests.Support;

/// <summary>A cmdlet on the module's base whose work a test gives as a delegate.</summary>
[Cmdlet("Test", "Work", SupportsShouldProcess = true)]
public sealed class TestWorkCommand : MlJobCmdletBase
{
    private static int _disposals;

    [Parameter(Position = 0)]
    public Func<TestWorkCommand, CancellationToken, Task>? Work { get; set; }

    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public MlflowRollout.Parameters.MlName? Name { get; set; }

    public static int Disposals => Volatile.Read(ref _disposals);

    public IMlOperationContext Caller => Context;

    private protected override bool SuppressesQuestions => Force;

    private protected override string? PipelineParameter => nameof(InputObject);

    private protected override (string Target, string Action)? WhatIfWithoutInput => ("nothing yet", "Work");

    public Task WriteAsync(object? value) => WriteObjectAsync(value);

    public Task<T> OnPipelineAsync<T>(Func<T> function) => InvokeAsync(function);

    public Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> action) => ForEachAsync(items, action);

    protected override Task ProcessRecordAsync(CancellationToken cancellationToken) => Work!(this, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        Interlocked.Increment(ref _disposals);
        base.Dispose(disposing);
    }
}

