BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral
    $first = Register-MlModel heart -Path "$example/model-v1"
    $second = Register-MlModel heart -Path "$example/model-v2"
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'Get-MlTraffic' {
    BeforeAll {
        $endpoint = New-MlEndpoint ('heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12))
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
        $null = $second | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2
    }

    It 'gives both maps, with names that properties find' {
        $traffic = Get-MlTraffic $endpoint
        $traffic.Traffic.blue | Should -Be 100
        $traffic.Traffic['GREEN'] | Should -Be 0
        $traffic.MirrorTraffic.Count | Should -Be 0
        ($endpoint | Get-MlTraffic).EndpointName | Should -Be $endpoint.Name
    }
}

Describe 'Set-MlTraffic' {
    BeforeEach {
        $endpoint = New-MlEndpoint ('heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12))
        $null = $first | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
        $green = $second | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2
    }

    It 'takes a hashtable, the text of the Azure CLI, and a weight' {
        "$((Set-MlTraffic @{ blue = 90; green = 10 } -Endpoint $endpoint -PassThru).Traffic)" | Should -Be 'blue=90 green=10'
        "$((Set-MlTraffic 'blue=50 green=50' -Endpoint $endpoint -PassThru).Traffic)" | Should -Be 'blue=50 green=50'
        "$(($green | Set-MlTraffic -Weight 100 -PassThru).Traffic)" | Should -Be 'blue=0 green=100'
    }

    It 'goes back to a saved state' {
        $before = Get-MlTraffic $endpoint
        $green | Set-MlTraffic -Weight 30
        $before | Set-MlTraffic
        (Get-MlTraffic $endpoint).Traffic['blue'] | Should -Be 100
    }

    It 'mirrors to one that has no live traffic, and stops' {
        Set-MlTraffic -MirrorTraffic @{ green = 20 } -Endpoint $endpoint
        (Get-MlTraffic $endpoint).MirrorTraffic['green'] | Should -Be 20
        Set-MlTraffic -MirrorTraffic @{} -Endpoint $endpoint
        (Get-MlTraffic $endpoint).MirrorTraffic.Count | Should -Be 0
    }

    It 'does nothing when the weights are not the expected ones' {
        { Set-MlTraffic 'blue=0 green=100' -Endpoint $endpoint -Expected 'blue=50 green=50' -ErrorAction Stop } | Should -Throw -ErrorId 'TrafficNotAsExpected,*'
        (Get-MlTraffic $endpoint).Traffic['blue'] | Should -Be 100
    }

    It 'refuses weights that do not add up' {
        { Set-MlTraffic @{ blue = 90; green = 20 } -Endpoint $endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'TrafficWeightsInvalid,*'
        { Set-MlTraffic @{ blue = 100; grene = 0 } -Endpoint $endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentNotFound,*'
    }

    It 'changes nothing under -WhatIf' {
        $green | Set-MlTraffic -Weight 10 -WhatIf
        (Get-MlTraffic $endpoint).Traffic['blue'] | Should -Be 100
    }
}
