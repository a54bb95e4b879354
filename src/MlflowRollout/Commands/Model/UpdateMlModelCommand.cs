using System.Collections;
using System.Management.Automation;
using MlflowRollout.Services;

namespace MlflowRollout.Commands;

/// <summary>Changes description, tags or stage of registered model versions. Their files never change.</summary>
[Cmdlet(VerbsData.Update, "MlModel", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MlModel))]
public sealed class UpdateMlModelCommand : MlModelChangeCmdletBase
{
    /// <summary>New description.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>Tags to set, as a hashtable; others stay. A tag whose value is $null is removed.</summary>
    [Parameter]
    public IDictionary? Tag { get; set; }

    /// <summary>New stage, such as Production.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Stage { get; set; }

    private protected override string ActionText => "Update";

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync(CancellationToken cancellationToken) =>
        Description is null && Tag is null && Stage is null
            ? throw new MlValidationException(MlErrorIds.ParameterInvalid, "Nothing is given that is to be changed.")
            {
                IsTerminating = true,
                RecommendedAction = "Give -Description, -Tag or -Stage.",
            }
            : base.ProcessRecordAsync(cancellationToken);

    private protected override async Task ChangeAsync(IMlModelClient client, string name, string version, CancellationToken cancellationToken)
    {
        var changes = new MlModelChanges { Description = Description, Tags = ToTextMap(Tag), Stage = Stage };
        if (await client.UpdateAsync(name, version, changes, Context, cancellationToken).ConfigureAwait(false) is { } model)
        {
            await WriteObjectAsync(model).ConfigureAwait(false);
        }
    }
}
