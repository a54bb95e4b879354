namespace MlflowRollout;

/// <summary>Which of an endpoint's two keys.</summary>
public enum MlKeyType
{
    /// <summary>The first key.</summary>
    Primary,

    /// <summary>The second key.</summary>
    Secondary,
}
