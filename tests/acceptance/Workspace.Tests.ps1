BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
}

Describe 'Connect-MlWorkspace' {
    It 'connects to an emulator of its own' {
        $workspace = Connect-MlWorkspace -Emulator -Ephemeral
        $workspace.Kind | Should -Be 'Emulator'
        $workspace.IsEphemeral | Should -BeTrue
        $workspace.Name | Should -Not -BeNullOrEmpty
        $workspace | Disconnect-MlWorkspace
    }

    It 'never takes the emulator for a workspace that is not fully named' {
        $variables = 'AZUREML_ARM_SUBSCRIPTION', 'AZUREML_ARM_RESOURCEGROUP', 'AZUREML_ARM_WORKSPACE_NAME'
        $kept = $variables | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
        Push-Location -LiteralPath $TestDrive
        try {
            $variables | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $null) }
            $thrown = { Connect-MlWorkspace my-workspace -ErrorAction Stop } | Should -Throw -ErrorId 'ConnectionTargetIncomplete,*' -PassThru
            $thrown.Exception.Message | Should -Match 'SubscriptionId, ResourceGroupName are missing'
        }
        finally {
            Pop-Location
            for ($index = 0; $index -lt $variables.Count; $index++) {
                [Environment]::SetEnvironmentVariable($variables[$index], $kept[$index])
            }
        }
    }

    It 'says all that does not go together at once' {
        { Connect-MlWorkspace w -AuthType AccessToken -TenantId t -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterConflict,*' -ExpectedMessage '*-AccessToken is missing*-TenantId is for*'
    }
}

Describe 'Get-MlWorkspace' {
    It 'gives the one that is used by default first' {
        $first = Connect-MlWorkspace -Emulator -Ephemeral
        $second = Connect-MlWorkspace -Emulator -Ephemeral
        (Get-MlWorkspace)[0].ConnectionId | Should -Be $second.ConnectionId
        @(Get-MlWorkspace -ListAvailable).ConnectionId | Should -Contain $first.ConnectionId
        $first, $second | Disconnect-MlWorkspace
    }

    It 'names a workspace that is not connected' {
        { Get-MlWorkspace no-such-workspace -ErrorAction Stop } | Should -Throw -ErrorId 'WorkspaceNotFound,*'
    }
}

Describe 'Disconnect-MlWorkspace' {
    It 'ends the connection, and an emulator of its own' {
        $workspace = Connect-MlWorkspace -Emulator -Ephemeral
        $endpoint = New-MlEndpoint heart -UniqueSuffix
        $workspace | Disconnect-MlWorkspace
        { $endpoint | Get-MlEndpoint -ErrorAction Stop } | Should -Throw -ErrorId 'WorkspaceNotFound,*'
    }
}

Describe 'Start-MlEmulator' {
    It 'starts one with a data folder and a connection file, which Get-MlEmulator shows and Stop-MlEmulator ends' {
        $data = [System.IO.Path]::Combine($TestDrive, 'data')
        $file = [System.IO.Path]::Combine($TestDrive, 'connection.json')
        $emulator = Start-MlEmulator -DataFolder $data -ConnectionFile $file
        "$($emulator.ArmEndpoint)" | Should -Match '^https://127\.0\.0\.1:'
        (Get-MlEmulator -ConnectionFile $file).ProcessId | Should -Be $emulator.ProcessId
        $workspace = Connect-MlWorkspace -Emulator -ConnectionFile $file
        $workspace.Kind | Should -Be 'Emulator'
        $workspace | Disconnect-MlWorkspace
        $emulator | Stop-MlEmulator
        { Get-MlEmulator -ConnectionFile $file -ErrorAction Stop } | Should -Throw -ErrorId 'EmulatorNotRunning,*'
    }
}

Describe 'Get-MlEmulator' {
    It 'shows those that run' {
        $workspace = Connect-MlWorkspace -Emulator -Ephemeral
        @(Get-MlEmulator | Where-Object { $_.IsEphemeral }).Count | Should -BeGreaterThan 0
        $workspace | Disconnect-MlWorkspace
    }
}

Describe 'Stop-MlEmulator' {
    It 'changes nothing under -WhatIf' {
        $file = [System.IO.Path]::Combine($TestDrive, 'stop.json')
        $emulator = Start-MlEmulator -DataFolder ([System.IO.Path]::Combine($TestDrive, 'stop')) -ConnectionFile $file
        $emulator | Stop-MlEmulator -WhatIf
        (Get-MlEmulator -ConnectionFile $file).ProcessId | Should -Be $emulator.ProcessId
        $emulator | Stop-MlEmulator
    }
}
