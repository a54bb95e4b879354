BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral

    function New-EndpointName {
        'heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12)
    }
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'New-MlEndpoint' {
    It 'makes one with keys, a description and tags' {
        $name = New-EndpointName
        $endpoint = New-MlEndpoint $name -AuthMode Key -Description 'patients' -Tag @{ team = 'cardio' }
        $endpoint.Name | Should -Be $name
        $endpoint.ProvisioningState | Should -Be 'Succeeded'
        $endpoint.Description | Should -Be 'patients'
        $endpoint.Tags['team'] | Should -Be 'cardio'
        "$($endpoint.ScoringUri)" | Should -Match '^https://'
    }

    It 'gives the same name at each run with -UniqueSuffix' {
        $first = New-MlEndpoint heart -UniqueSuffix
        $again = New-MlEndpoint heart -UniqueSuffix -IfExists Skip
        $first.Name | Should -BeLike 'heart-*'
        $again.Id | Should -Be $first.Id
    }

    It 'does not change one that exists' {
        $name = New-EndpointName
        $null = New-MlEndpoint $name -Description 'first'
        { New-MlEndpoint $name -Description 'second' -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointAlreadyExists,*'
        (Get-MlEndpoint $name).Description | Should -Be 'first'
    }

    It 'refuses a name that the service would refuse' {
        { New-MlEndpoint '9-lives' -ErrorAction Stop } | Should -Throw -ErrorId 'NameInvalid,*'
    }

    It 'makes nothing under -WhatIf' {
        $name = New-EndpointName
        New-MlEndpoint $name -WhatIf | Should -BeNullOrEmpty
        { Get-MlEndpoint $name -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointNotFound,*'
    }
}

Describe 'Get-MlEndpoint' {
    It 'gives one by name, by pattern and piped' {
        $endpoint = New-MlEndpoint (New-EndpointName)
        (Get-MlEndpoint $endpoint.Name).Id | Should -Be $endpoint.Id
        (Get-MlEndpoint "$($endpoint.Name.Substring(0, 12))*").Name | Should -Contain $endpoint.Name
        ($endpoint | Get-MlEndpoint).Id | Should -Be $endpoint.Id
    }

    It 'names the one that was meant' {
        $endpoint = New-MlEndpoint (New-EndpointName)
        $thrown = { Get-MlEndpoint ($endpoint.Name + 'x') -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointNotFound,*' -PassThru
        $thrown.Exception.Message | Should -Match $endpoint.Name
    }
}

Describe 'Update-MlEndpoint' {
    It 'changes description and tags and keeps the weights' {
        $endpoint = New-MlEndpoint (New-EndpointName) -Tag @{ keep = 'this'; drop = 'that' }
        $null = Register-MlModel heart -Path "$example/model-v1" | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
        $changed = $endpoint | Update-MlEndpoint -Description 'new' -Tag @{ drop = $null }
        $changed.Description | Should -Be 'new'
        $changed.Tags['keep'] | Should -Be 'this'
        $changed.Tags.ContainsKey('drop') | Should -BeFalse
        (Get-MlTraffic $endpoint).Traffic['blue'] | Should -Be 100
    }
}

Describe 'Get-MlEndpointKey' {
    It 'gives both keys as secrets, and one as text when asked' {
        $endpoint = New-MlEndpoint (New-EndpointName)
        $keys = @($endpoint | Get-MlEndpointKey)
        $keys.Count | Should -Be 2
        $keys[0].Key | Should -BeOfType [securestring]
        ($keys | Out-String) | Should -Not -Match ($endpoint | Get-MlEndpointKey -AsPlainText)
    }

    It 'says what to use for an endpoint with tokens' {
        $endpoint = New-MlEndpoint (New-EndpointName) -AuthMode AmlToken
        { $endpoint | Get-MlEndpointKey -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointAuthModeMismatch,*'
    }
}

Describe 'Reset-MlEndpointKey' {
    It 'makes a new key and leaves the other' {
        $endpoint = New-MlEndpoint (New-EndpointName)
        $primary = $endpoint | Get-MlEndpointKey -AsPlainText
        $secondary = $endpoint | Get-MlEndpointKey -KeyType Secondary -AsPlainText
        $null = $endpoint | Reset-MlEndpointKey -KeyType Primary -Force
        ($endpoint | Get-MlEndpointKey -AsPlainText) | Should -Not -Be $primary
        ($endpoint | Get-MlEndpointKey -KeyType Secondary -AsPlainText) | Should -Be $secondary
    }
}

Describe 'Get-MlEndpointToken' {
    It 'gives a token with its end, and not for an endpoint with keys' {
        $token = New-MlEndpoint (New-EndpointName) -AuthMode AmlToken | Get-MlEndpointToken
        $token.Token | Should -BeOfType [securestring]
        $token.ExpiresOn | Should -BeGreaterThan ([DateTimeOffset]::UtcNow)
        $keyed = New-MlEndpoint (New-EndpointName)
        { $keyed | Get-MlEndpointToken -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointAuthModeMismatch,*'
    }
}

Describe 'Wait-MlEndpoint' {
    It 'gives one that is ready at once, and takes up what -NoWait left' {
        $endpoint = New-MlEndpoint (New-EndpointName) -NoWait
        ($endpoint | Wait-MlEndpoint -Timeout 60).ProvisioningState | Should -Be 'Succeeded'
        (Wait-MlEndpoint $endpoint.Name).Name | Should -Be $endpoint.Name
    }

    It 'names the endpoint that does not exist' {
        { Wait-MlEndpoint no-such-endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointNotFound,*'
    }
}

Describe 'Remove-MlEndpoint' {
    It 'deletes one with its deployments' {
        $endpoint = New-MlEndpoint (New-EndpointName)
        $null = Register-MlModel heart -Path "$example/model-v1" | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2
        $endpoint | Remove-MlEndpoint -WhatIf
        (Get-MlEndpoint $endpoint.Name).Name | Should -Be $endpoint.Name
        $endpoint | Remove-MlEndpoint -Force
        { Get-MlEndpoint $endpoint.Name -ErrorAction Stop } | Should -Throw -ErrorId 'EndpointNotFound,*'
    }
}
