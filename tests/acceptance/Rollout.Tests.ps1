BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $pwsh = (Get-Process -Id $PID).Path

    function Invoke-InNewProcess([string] $Script) {
        # A pipeline task runs like this: nobody to answer, errors and output on the standard streams.
        $file = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "mlrollout-$([guid]::NewGuid().ToString('n')).ps1")
        Set-Content -LiteralPath $file -Value $Script
        try {
            # The same PowerShell once more; one that is installed as a .NET tool runs in dotnet.
            $arguments = @('-NoProfile', '-NonInteractive', '-File', $file)
            if ([System.IO.Path]::GetFileNameWithoutExtension($pwsh) -eq 'dotnet') {
                $arguments = @("$PSHOME/pwsh.dll") + $arguments
            }

            $lines = & $pwsh @arguments 2>&1 | ForEach-Object { "$_" }
            [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = $lines -join "`n" }
        }
        finally {
            Remove-Item -LiteralPath $file
        }
    }
}

Describe 'The rollout of the heart classifier' {
    It 'runs to its end without anybody to ask, and leaves no emulator behind' {
        $before = @(Get-MlEmulator).Count
        $result = Invoke-InNewProcess "& '$example/rollout.ps1'"
        $result.ExitCode | Should -Be 0 -Because $result.Text
        $result.Text | Should -Match 'Version 2 is in service'
        @(Get-MlEmulator).Count | Should -Be $before
    }

    It 'is safe where errors do not stop: green fails to start, blue keeps all traffic and nothing is deleted' {
        $result = Invoke-InNewProcess @"
`$ErrorActionPreference = 'Continue'
Import-Module MlflowRollout
`$null = Connect-MlWorkspace -Emulator -Ephemeral
`$endpoint = New-MlEndpoint heart-classifier -UniqueSuffix -AuthMode Key
`$null = Register-MlModel heart-classifier -Path '$example/model-v1' |
    New-MlDeployment default -Endpoint `$endpoint -InstanceType Standard_DS2_v2 -AllTraffic
`$green = Register-MlModel heart-classifier -Path '$example/model-v2' |
    New-MlDeployment { "xgboost-model-`$(`$_.Version)" } -Endpoint `$endpoint -InstanceType Standard_DS2_v2 -EnvironmentVariable @{ EMULATOR_START_FAILURE = 'true' }
`$green | Invoke-MlEndpoint -RequestFile '$example/sample.json'
`$green | Set-MlTraffic -Weight 10
`$green | Set-MlTraffic -Weight 100
`$endpoint | Remove-MlDeployment default
"traffic: `$((`$endpoint | Get-MlTraffic).Traffic)"
"blue: `$((`$endpoint | Get-MlDeployment default).ProvisioningState)"
"@
        $result.Text | Should -Match 'traffic: default=100'
        $result.Text | Should -Match 'blue: Succeeded'
    }
}
