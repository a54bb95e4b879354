namespace MlflowRollout.Services;

/// <summary>A question asked before something dangerous, unless <c>-Force</c> or <c>-Confirm:$false</c> answers it.</summary>
/// <param name="Caption">Title.</param>
/// <param name="Text">What will happen.</param>
public sealed record MlQuestion(string Caption, string Text);
