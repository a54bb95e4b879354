using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Text;
using System.Text.Json;
using MlflowRollout.Testing;
using Xunit;

namespace MlflowRollout.Module.IntegrationTests.Secrets;

/// <summary>A secret is in its place and nowhere else: not in a stream, an error, a job, a log or a file, at any verbosity.</summary>
public sealed class PlantedSecretTests : IDisposable
{
    private const string PlantedToken = "planted-token-0123456789abcdefghijklmnop";
    private const string PlantedKey = "plantedkey0123456789abcdefghijklmnopqrst";
    private const string PlantedSignature = "plantedsignature0123456789";

    /// <summary>The walkthrough, and steps that fail at each of its kinds of calls. Secrets that the steps return are taken away by $null.</summary>
    private const string Steps =
        """
        param($connection, $v1, $v2, $sample, $wrong, $key, $missing, $signed)
        $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'
        $workspace = Connect-MlWorkspace -Emulator -ConnectionFile $connection; $workspace
        $endpoint = New-MlEndpoint heart; $endpoint
        Register-MlModel heart -Path $v1 | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
        $green = Register-MlModel heart -Path $v2 | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2; $green
        $endpoint | Invoke-MlEndpoint -RequestFile $sample
        $green | Set-MlTraffic -Weight 10
        $endpoint | Get-MlEndpointKey
        $endpoint | Reset-MlEndpointKey -KeyType Primary -Force
        $token = New-MlEndpoint tokens -AuthMode AmlToken
        $token | Get-MlEndpointToken
        Get-MlModel heart -Version 1 | New-MlDeployment blue -Endpoint $token -InstanceType Standard_DS2_v2 -AllTraffic
        $token | Invoke-MlEndpoint -RequestFile $sample
        $job = Get-MlModel heart -Version 1 | New-MlDeployment red -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AsJob -Verbose -Debug
        Wait-Job $job | Receive-Job
        $job = Get-MlModel heart -Version 1 | New-MlDeployment bad -Endpoint $endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' } -AsJob -Verbose -Debug
        Wait-Job $job | Receive-Job
        $endpoint | Remove-MlDeployment blue
        $endpoint | Invoke-MlEndpoint -Body '{"input_data": 1}'
        $endpoint | Get-MlEndpointToken
        $token | Get-MlEndpointKey
        New-MlEndpoint heart
        Register-MlModel heart -Path $missing
        Register-MlModel signed -Path $signed | New-MlDeployment sas -Endpoint $endpoint -InstanceType Standard_DS2_v2
        Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -RequestFile $sample
        Invoke-MlEndpoint -ScoringUri 'https://127.0.0.1:9/online/heart/score' -Key $key -RequestFile $sample
        Connect-MlWorkspace -Emulator -ConnectionFile $wrong
        $endpoint | Remove-MlDeployment green -MoveTrafficTo red -Debug
        Get-MlEmulator
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Walkthrough_WithFailingStepsAndAllStreams_ShowsNoSecret()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });
        Secrets secrets = new(emulator);
        using ModuleSession session = new();

        InvocationResult result = session.Invoke(
            Steps,
            emulator.ConnectionFile,
            ExampleModels.V1,
            ExampleModels.V2,
            ExampleModels.SampleRequest,
            WrongConnection(emulator),
            Secure(PlantedKey),
            _folder["nothing"],
            $"https://account.blob.core.windows.net/c/model?sv=2022-11-02&sig={PlantedSignature}");
        await secrets.ReadAsync("heart", "tokens");
        string shown = session.RenderedAs(result.Output) + session.RenderedAs(result.Errors);
        await emulator.StopAsync();

        // All of it ran, at full verbosity.
        Assert.True(result.Errors.Count >= 8, result.Describe());
        Assert.NotEmpty(result.Verbose);
        secrets.AssertAbsent("the streams", Everything(result));
        secrets.AssertAbsent("the display", shown);
        secrets.AssertAbsent("the emulator's output", emulator.Log);
        secrets.AssertAbsentFromFiles(_folder["data"], "state.db", "tls");
    }

    [Fact]
    public async Task Shell_WithAllStreams_LeavesNoSecretInItsOutputOrHome()
    {
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(new EmulatorOptions { DataFolder = _folder["data"] });
        Secrets secrets = new(emulator);
        string home = Directory.CreateDirectory(_folder["home"]).FullName;
        Dictionary<string, string?> environment = new()
        {
            ["HOME"] = home,
            ["XDG_DATA_HOME"] = Path.Combine(home, "share"),
            ["XDG_CONFIG_HOME"] = Path.Combine(home, "config"),
            ["LOCALAPPDATA"] = Path.Combine(home, "share"),
            // Nothing answers there, so that the call with the token goes nowhere and fails.
            ["HTTPS_PROXY"] = "http://127.0.0.1:9",
        };
        string script = _folder.Write(
            "walk.ps1",
            $$"""
            Import-Module MlflowRollout
            $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'
            Connect-MlWorkspace -Emulator -ConnectionFile '{{emulator.ConnectionFile}}'
            $endpoint = New-MlEndpoint heart
            Register-MlModel heart -Path '{{ExampleModels.V1}}' | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
            $endpoint | Invoke-MlEndpoint -RequestFile '{{ExampleModels.SampleRequest}}'
            $endpoint | Get-MlEndpointKey
            Connect-MlWorkspace -Emulator -ConnectionFile '{{WrongConnection(emulator)}}'
            $token = [System.Security.SecureString]::new()
            foreach ($letter in '{{PlantedToken}}'.ToCharArray()) { $token.AppendChar($letter) }
            Connect-MlWorkspace -SubscriptionId 00000000-0000-0000-0000-00000000000a -ResourceGroupName group -WorkspaceName space -AuthType AccessToken -AccessToken $token
            $endpoint | Remove-MlDeployment blue
            'the end'
            """);

        ShellResult result = await OutOfProcessShell.RunAsync([script], environment: environment, timeout: TimeSpan.FromMinutes(4));
        await secrets.ReadAsync("heart", null);
        await emulator.StopAsync();

        Assert.Contains("the end", result.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE", result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
        secrets.AssertAbsent("the shell's output", result.Output + result.Error);
        secrets.AssertAbsent("the emulator's output", emulator.Log);
        secrets.AssertAbsentFromFiles(home);
    }

    private static SecureString Secure(string text)
    {
        SecureString secure = new();
        foreach (char letter in text)
        {
            secure.AppendChar(letter);
        }

        return secure;
    }

    private string WrongConnection(EmulatorProcess emulator) =>
        _folder.Write("wrong.json", File.ReadAllText(emulator.ConnectionFile).Replace(emulator.Token, PlantedToken, StringComparison.Ordinal));

    /// <summary>All that an invocation wrote, with every property and inner exception of it.</summary>
    private static string Everything(InvocationResult result)
    {
        StringBuilder text = new(result.Describe());
        foreach (ErrorRecord error in result.Errors)
        {
            for (Exception? exception = error.Exception; exception is not null; exception = exception.InnerException)
            {
                text.AppendLine(exception.ToString());
                AppendProperties(text, exception);
            }

            text.AppendLine($"{error.InvocationInfo?.PositionMessage} {error.ErrorDetails?.Message} {error.ErrorDetails?.RecommendedAction} {error.TargetObject}");
        }

        foreach (object? item in result.Output.Select(item => (object?)item.BaseObject).Concat(result.Errors.Select(error => error.TargetObject)))
        {
            AppendProperties(text, item);
        }

        text.AppendJoin('\n', result.Verbose.Concat(result.Debug).Concat(result.Warnings));
        text.AppendJoin('\n', result.Information.Select(record => record.MessageData));
        text.AppendJoin('\n', result.Progress.Select(record => $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}"));
        return text.ToString();
    }

    private static void AppendProperties(StringBuilder text, object? item)
    {
        if (item is null)
        {
            return;
        }

        foreach (PSPropertyInfo property in PSObject.AsPSObject(item).Properties)
        {
            try
            {
                object? value = property.Value;
                text.AppendLine(value is IEnumerable many and not string ? string.Join(' ', many.Cast<object?>()) : $"{value}");
            }
            catch (GetValueException)
            {
                // A property that cannot be read shows nothing.
            }
        }
    }

    /// <summary>What must not be found.</summary>
    private sealed class Secrets(EmulatorProcess emulator)
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal)
        {
            ["the bearer token"] = emulator.Token,
            ["a planted token"] = PlantedToken,
            ["a planted key"] = PlantedKey,
            ["a planted signature"] = PlantedSignature,
        };

        public async Task ReadAsync(string keyed, string? tokened)
        {
            string storage = await PostAsync("/datastores/workspaceblobstore/listSecrets", "key");
            _values["the storage account's key"] = storage;
            _values["the primary key"] = await PostAsync($"/onlineEndpoints/{keyed}/listKeys", "primaryKey");
            _values["the secondary key"] = await PostAsync($"/onlineEndpoints/{keyed}/listKeys", "secondaryKey");
            if (tokened is not null)
            {
                // Header and issuer of all the endpoint's tokens are the same.
                string token = await PostAsync($"/onlineEndpoints/{tokened}/token", "accessToken");
                _values["a token of an endpoint"] = token[..token.IndexOf('.', StringComparison.Ordinal)] + ".";
            }

            Assert.All(_values.Values, value => Assert.True(value.Length > 10));
        }

        public void AssertAbsent(string place, string text)
        {
            Assert.NotEmpty(text);
            foreach ((string name, string value) in _values)
            {
                int at = text.IndexOf(value, StringComparison.Ordinal);
                Assert.True(at < 0, at < 0 ? null : $"{name} is in {place}: …{text[Math.Max(0, at - 300)..at]}<here>");
            }
        }

        public void AssertAbsentFromFiles(string folder, params string[] places)
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(folder, file);
                if (!places.Any(place => relative.StartsWith(place, StringComparison.Ordinal)))
                {
                    byte[] content = File.ReadAllBytes(file);
                    foreach ((string name, string value) in _values)
                    {
                        Assert.False(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)) >= 0, $"{name} is in the file {relative}.");
                        Assert.False(content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(value)) >= 0, $"{name} is in the file {relative}.");
                    }
                }
            }
        }

        private async Task<string> PostAsync(string path, string member)
        {
            using HttpResponseMessage answer = await emulator.Http.PostAsync(new Uri($"{emulator.Connection.WorkspaceId}{path}?api-version=2024-10-01", UriKind.Relative), null);
            using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return body.RootElement.GetProperty(member).GetString()!;
        }
    }
}
