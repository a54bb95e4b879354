BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral
    $first = Register-MlModel heart -Path "$example/model-v1"
    $second = Register-MlModel heart -Path "$example/model-v2"
    $size = @{ InstanceType = 'Standard_DS2_v2' }

    function New-TestEndpoint {
        New-MlEndpoint ('heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12))
    }
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'New-MlDeployment' {
    BeforeEach {
        $endpoint = New-TestEndpoint
    }

    It 'puts the first one into service and the next one beside it' {
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
        $green = $second | New-MlDeployment { "green-$($_.Version)" } -Endpoint $endpoint @size -InstanceCount 2
        $blue.TrafficWeight | Should -Be 100
        $green.Name | Should -Be 'green-2'
        $green.TrafficWeight | Should -Be 0
        $green.InstanceCount | Should -Be 2
        "$((Get-MlTraffic $endpoint).Traffic)" | Should -Match 'blue=100'
    }

    It 'takes model and endpoint by name, or the endpoint from the pipeline' {
        (New-MlDeployment blue -Endpoint $endpoint.Name -Model 'heart:1' @size).ModelVersion | Should -Be '1'
        ($endpoint | New-MlDeployment green -Model 'azureml:heart@latest' @size).ModelVersion | Should -Be '2'
    }

    It 'refuses the null that a failed step leaves' {
        { $null | New-MlDeployment blue -Endpoint $endpoint @size -ErrorAction Stop } | Should -Throw -ErrorId 'EarlierStepFailed,*'
        { $first | New-MlDeployment blue -Endpoint $null @size -ErrorAction Stop } | Should -Throw -ErrorId 'EarlierStepFailed,*'
        @($endpoint | Get-MlDeployment).Count | Should -Be 0
    }

    It 'names the model that was meant' {
        $thrown = { New-MlDeployment blue -Endpoint $endpoint -Model hart @size -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotFound,*' -PassThru
        $thrown.Exception.Message | Should -Match "Did you mean 'heart'"
    }

    It 'does not change one that exists' {
        $null = $first | New-MlDeployment blue -Endpoint $endpoint @size
        { $second | New-MlDeployment blue -Endpoint $endpoint @size -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentAlreadyExists,*'
        ($endpoint | Get-MlDeployment blue).ModelVersion | Should -Be '1'
        ($first | New-MlDeployment blue -Endpoint $endpoint @size -IfExists Skip).Name | Should -Be 'blue'
    }

    It 'says why one did not start, and its log does' {
        $setting = @{ EMULATOR_START_FAILURE = 'true' }
        $null = $first | New-MlDeployment green -Endpoint $endpoint @size -EnvironmentVariable $setting -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'DeploymentFailed,*'
        @($failure[0] | Get-MlDeploymentLog).Count | Should -BeGreaterThan 0
        ($endpoint | Get-MlDeployment green).ProvisioningState | Should -Be 'Failed'
        ($first | New-MlDeployment green -Endpoint $endpoint @size -IfExists ReplaceFailed).ProvisioningState | Should -Be 'Succeeded'
    }

    It 'makes nothing under -WhatIf, at the end of a whole pipeline of it' {
        Register-MlModel heart -Path "$example/model-v3" -WhatIf | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic -WhatIf
        @($endpoint | Get-MlDeployment).Count | Should -Be 0
    }
}

Describe 'Get-MlDeployment' {
    BeforeAll {
        $endpoint = New-TestEndpoint
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
        $null = $second | New-MlDeployment green -Endpoint $endpoint @size
    }

    It 'gives all of an endpoint, by pattern and by name' {
        ($endpoint | Get-MlDeployment).Name | Should -Be @('blue', 'green')
        (Get-MlDeployment -Endpoint $endpoint.Name 'g*').Name | Should -Be 'green'
        ($endpoint | Get-MlDeployment blue).Id | Should -Be $blue.Id
    }

    It 'names the one that was meant' {
        $thrown = { $endpoint | Get-MlDeployment grene -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentNotFound,*' -PassThru
        $thrown.Exception.Message | Should -Match "Did you mean 'green'"
    }
}

Describe 'Update-MlDeployment' {
    BeforeEach {
        $endpoint = New-TestEndpoint
    }

    It 'scales one that has traffic, and gives another model to one that has not' {
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
        $null = $first | New-MlDeployment green -Endpoint $endpoint @size
        ($blue | Update-MlDeployment -InstanceCount 2).InstanceCount | Should -Be 2
        (Update-MlDeployment green -Endpoint $endpoint -Model $second).ModelVersion | Should -Be '2'
    }

    It 'does not change the model of one that has traffic' {
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
        { $blue | Update-MlDeployment -Model $second -ErrorAction Stop } | Should -Throw -ExpectedMessage '*100 %*' -ErrorId 'DeploymentHasTraffic,*'
        ($endpoint | Get-MlDeployment blue).ModelVersion | Should -Be '1'
    }
}

Describe 'Wait-MlDeployment' {
    BeforeEach {
        $endpoint = New-TestEndpoint
    }

    It 'takes up a waiting that -NoWait left' {
        $green = $first | New-MlDeployment green -Endpoint $endpoint @size -NoWait
        ($green | Wait-MlDeployment -Timeout 60).ProvisioningState | Should -Be 'Succeeded'
        (Wait-MlDeployment green -Endpoint $endpoint -Timeout '1m').Name | Should -Be 'green'
    }

    It 'names the deployment that does not exist' {
        { Wait-MlDeployment green -Endpoint $endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentNotFound,*'
    }
}

Describe 'Get-MlDeploymentLog' {
    BeforeAll {
        $endpoint = New-TestEndpoint
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
    }

    It 'gives the last lines, by name and piped' {
        @($blue | Get-MlDeploymentLog -Tail 2).Count | Should -Be 2
        @(Get-MlDeploymentLog blue -Endpoint $endpoint -Tail 1)[0].DeploymentName | Should -Be 'blue'
        ($blue | Get-MlDeploymentLog -Tail 1 | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'names the deployment that does not exist' {
        { Get-MlDeploymentLog green -Endpoint $endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'DeploymentNotFound,*'
    }
}

Describe 'Remove-MlDeployment' {
    BeforeEach {
        $endpoint = New-TestEndpoint
        $blue = $first | New-MlDeployment blue -Endpoint $endpoint @size -AllTraffic
        $green = $second | New-MlDeployment green -Endpoint $endpoint @size
    }

    It 'deletes one without traffic, by name and piped' {
        $endpoint | Remove-MlDeployment green -WhatIf
        @($endpoint | Get-MlDeployment).Count | Should -Be 2
        ($green | Remove-MlDeployment -PassThru).Name | Should -Be 'green'
        ($endpoint | Get-MlDeployment).Name | Should -Be 'blue'
    }

    It 'never deletes one that has traffic, also with -Force' {
        { $blue | Remove-MlDeployment -Force -ErrorAction Stop } | Should -Throw -ExpectedMessage '*live 100 %*' -ErrorId 'DeploymentHasTraffic,*'
        ($endpoint | Get-MlDeployment).Count | Should -Be 2
    }

    It 'moves the traffic first when it is told where to' {
        $endpoint | Remove-MlDeployment blue -MoveTrafficTo $green
        ($endpoint | Get-MlDeployment).TrafficWeight | Should -Be 100
    }
}
