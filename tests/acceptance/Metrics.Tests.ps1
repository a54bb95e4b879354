BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral
    $endpoint = New-MlEndpoint metered
    $blue = Register-MlModel metered -Path "$example/model-v1" |
        New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
    1..4 | ForEach-Object { $null = $blue | Invoke-MlEndpoint -RequestFile "$example/sample.json" }
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'Get-MlEndpointMetric' {
    It 'counts the requests of an endpoint' {
        ($endpoint | Get-MlEndpointMetric -Metric RequestsPerMinute | Measure-Object Value -Sum).Sum | Should -Be 4
    }

    It 'splits them by what the client saw' {
        $blue | Get-MlEndpointMetric -By StatusCodeClass | ForEach-Object StatusCodeClass | Select-Object -Unique | Should -Be '2xx'
    }

    It 'has latencies by default' {
        $names = $blue | Get-MlEndpointMetric | ForEach-Object Metric | Sort-Object -Unique
        $names | Should -Be @('RequestLatency', 'RequestLatency_P95', 'RequestsPerMinute')
    }

    It 'gives nothing for a time without requests' {
        $endpoint | Get-MlEndpointMetric -StartTime ([datetime]::UtcNow.AddDays(-2)) -EndTime ([datetime]::UtcNow.AddDays(-1)) -Interval 1h |
            Should -BeNullOrEmpty
    }

    It 'names the deployment that was meant' {
        { $endpoint | Get-MlEndpointMetric -Deployment blu -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentNotFound,*'
    }
}
