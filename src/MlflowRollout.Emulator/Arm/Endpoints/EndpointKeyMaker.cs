using System.Security.Cryptography;

namespace MlflowRollout.Emulator.Arm.Endpoints;

/// <summary>Makes keys of the form that endpoints have: 32 letters and digits.</summary>
internal static class EndpointKeyMaker
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string New() => RandomNumberGenerator.GetString(Alphabet, 32);
}
