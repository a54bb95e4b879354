using MlflowRollout.Connections;
using MlflowRollout.Services;

namespace MlflowRollout.Tests.Connections;

public class SignInParametersTests
{
    [Theory]
    [InlineData(MlAuthType.Default, "")]
    [InlineData(MlAuthType.Default, "TenantId")]
    [InlineData(MlAuthType.ManagedIdentity, "ClientId")]
    [InlineData(MlAuthType.ServicePrincipal, "TenantId Credential")]
    [InlineData(MlAuthType.ServicePrincipal, "TenantId ClientId CertificatePath CertificatePassword")]
    [InlineData(MlAuthType.AccessToken, "AccessToken")]
    [InlineData(MlAuthType.AzurePipelines, "ServiceConnectionId TenantId ClientId AccessToken")]
    public void Combination_ThatWorks_Passes(MlAuthType type, string given) => SignInParameters.Check(type, Values(given));

    [Theory]
    [InlineData(MlAuthType.Default, "Credential AccessToken", "-AccessToken is for -AuthType AzurePipelines or AccessToken; -Credential is for -AuthType ServicePrincipal")]
    [InlineData(MlAuthType.ServicePrincipal, "", "-TenantId is missing; -Credential or -CertificatePath is missing")]
    [InlineData(MlAuthType.ServicePrincipal, "TenantId Credential CertificatePath", "exclude each other")]
    [InlineData(MlAuthType.ServicePrincipal, "TenantId CertificatePath", "-ClientId is missing beside -CertificatePath")]
    [InlineData(MlAuthType.ServicePrincipal, "TenantId Credential CertificatePassword", "of no use")]
    [InlineData(MlAuthType.AccessToken, "TenantId", "-AccessToken is missing; -TenantId is for")]
    public void Combination_ThatDoesNot_SaysAllThatIsWrongAtOnce(MlAuthType type, string given, string expected)
    {
        var error = Assert.Throws<MlValidationException>(() => SignInParameters.Check(type, Values(given)));
        Assert.Equal(MlErrorIds.ParameterConflict, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RecommendedAction);
    }

    [Fact]
    public void EveryAuthType_HasARule() => Assert.All(Enum.GetValues<MlAuthType>(), type => Record.Exception(() => SignInParameters.Check(type, Values(string.Empty)))?.GetType().Equals(typeof(MlValidationException)));

    private static Dictionary<string, object?> Values(string given)
    {
        string[] all = ["TenantId", "ClientId", "Credential", "CertificatePath", "CertificatePassword", "ServiceConnectionId", "AccessToken"];
        string[] names = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return all.ToDictionary(name => name, name => names.Contains(name) ? (object?)"x" : null);
    }
}
