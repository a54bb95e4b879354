namespace MlflowRollout;

/// <summary>How an endpoint authenticates scoring requests.</summary>
public enum MlAuthMode
{
    /// <summary>A mode that this version does not know.</summary>
    Unknown,

    /// <summary>Two keys that do not expire.</summary>
    Key,

    /// <summary>A token of the service that expires.</summary>
    AmlToken,

    /// <summary>A Microsoft Entra token.</summary>
    AadToken,
}
