BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral

    function New-ModelName {
        'heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12)
    }
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'Register-MlModel' {
    BeforeEach {
        $name = New-ModelName
    }

    It 'makes the next version at each call, with flavors and signature from the folder' {
        $first = Register-MlModel $name -Path "$example/model-v1" -Tag @{ owner = 'cardio' } -Description 'first'
        $second = Register-MlModel $name -Path "$example/model-v2"
        $first.Version | Should -Be '1'
        $second.Version | Should -Be '2'
        $first.Flavors | Should -Contain 'onnx'
        $first.Signature.Inputs.Name | Should -Contain 'age'
        $first.Tags['owner'] | Should -Be 'cardio'
        $first.ContentHash | Should -Not -Be $second.ContentHash
    }

    It 'makes no new version of the same content when told so' {
        $first = Register-MlModel $name -Path "$example/model-v1"
        (Register-MlModel $name -Path "$example/model-v1" -IfUnchanged Reuse).Version | Should -Be $first.Version
        (Register-MlModel $name -Path "$example/model-v1").Version | Should -Be '2'
    }

    It 'does not change a version that exists' {
        $null = Register-MlModel $name -Path "$example/model-v1" -Version 7
        { Register-MlModel $name -Path "$example/model-v1" -Version 7 -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAlreadyExists,*'
        (Register-MlModel $name -Path "$example/model-v1" -Version 7 -IfExists Skip).Version | Should -Be '7'
        { Register-MlModel $name -Path "$example/model-v2" -Version 7 -IfExists Skip -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAlreadyExists,*'
    }

    It 'says what is there where a path is wrong' {
        $thrown = { Register-MlModel $name -Path "$example/model-v9" -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*' -PassThru
        $thrown.Exception.Message | Should -Match 'model-v9'
    }

    It 'makes nothing under -WhatIf' {
        Register-MlModel $name -Path "$example/model-v1" -WhatIf | Should -BeNullOrEmpty
        { Get-MlModel $name -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotFound,*'
    }
}

Describe 'Get-MlModel' {
    BeforeAll {
        $name = New-ModelName
        $first = Register-MlModel $name -Path "$example/model-v1"
        $null = Register-MlModel $name -Path "$example/model-v2"
    }

    It 'gives the newest version, one by number, and all' {
        (Get-MlModel $name).Version | Should -Be '2'
        (Get-MlModel $name 1).Id | Should -Be $first.Id
        @(Get-MlModel $name -Version '*').Count | Should -Be 2
        (Get-MlModel "$name*").Name | Should -Be $name
    }

    It 'reads a piped model anew' {
        ($first | Get-MlModel).ContentHash | Should -Be $first.ContentHash
    }

    It 'is silent for a pattern that matches nothing, and not for a name' {
        Get-MlModel 'no-such-*' | Should -BeNullOrEmpty
        { Get-MlModel no-such-model -ErrorAction Stop } | Should -Throw -ErrorId 'ModelNotFound,*'
    }
}

Describe 'Update-MlModel' {
    It 'changes description, tags and stage, and leaves the rest' {
        $model = Register-MlModel (New-ModelName) -Path "$example/model-v1" -Tag @{ keep = 'this'; drop = 'that' }
        $changed = $model | Update-MlModel -Description 'checked' -Stage Production -Tag @{ drop = $null; added = 'new' }
        $changed.Description | Should -Be 'checked'
        $changed.Stage | Should -Be 'Production'
        $changed.Tags['keep'] | Should -Be 'this'
        $changed.Tags['added'] | Should -Be 'new'
        $changed.Tags.ContainsKey('drop') | Should -BeFalse
        $changed.ContentHash | Should -Be $model.ContentHash
    }

    It 'refuses to be told nothing' {
        { Update-MlModel some 1 -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }
}

Describe 'Disable-MlModel' {
    It 'hides a version from lists' {
        $model = Register-MlModel (New-ModelName) -Path "$example/model-v1"
        ($model | Disable-MlModel -PassThru).IsArchived | Should -BeTrue
        @(Get-MlModel "$($model.Name)*").Count | Should -Be 0
        @(Get-MlModel "$($model.Name)*" -IncludeArchived).Count | Should -Be 1
    }
}

Describe 'Enable-MlModel' {
    It 'brings it back' {
        $model = Register-MlModel (New-ModelName) -Path "$example/model-v1"
        $model | Disable-MlModel
        (Enable-MlModel $model.Name 1 -PassThru).IsArchived | Should -BeFalse
        (Get-MlModel $model.Name).Version | Should -Be '1'
    }
}

Describe 'Remove-MlModel' {
    It 'deletes a version, and none that a deployment uses' {
        $name = New-ModelName
        $used = Register-MlModel $name -Path "$example/model-v1"
        $free = Register-MlModel $name -Path "$example/model-v2"
        $endpoint = New-MlEndpoint $name
        $null = $used | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2
        { $used | Remove-MlModel -Force -ErrorAction Stop } | Should -Throw -ExpectedMessage "*$name/blue*" -ErrorId 'ModelInUse,*'
        $free | Remove-MlModel -WhatIf
        @(Get-MlModel $name -Version '*').Count | Should -Be 2
        $free | Remove-MlModel
        @(Get-MlModel $name -Version '*').Count | Should -Be 1
        $endpoint | Remove-MlEndpoint -Force
    }
}

Describe 'Save-MlModel' {
    BeforeEach {
        $name = New-ModelName
        $model = Register-MlModel $name -Path "$example/model-v1"
        $folder = [System.IO.Path]::Combine($TestDrive, [guid]::NewGuid().ToString('n'))
    }

    It 'downloads the files as they were registered' {
        $saved = $model | Save-MlModel -Path $folder
        $saved.FullName | Should -Be $folder
        foreach ($file in Get-ChildItem -LiteralPath "$example/model-v1" -File) {
            (Get-FileHash -LiteralPath ([System.IO.Path]::Combine($folder, $file.Name))).Hash | Should -Be (Get-FileHash -LiteralPath $file.FullName).Hash
        }

        (Register-MlModel $name -Path $folder -IfUnchanged Reuse).Version | Should -Be '1'
    }

    It 'does not overwrite, also with -Force' {
        $null = $model | Save-MlModel -Path $folder
        { $model | Save-MlModel -Path $folder -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PathAlreadyExists,*'
        ($model | Save-MlModel -Path $folder -IfExists Skip).FullName | Should -Be $folder
        $second = Register-MlModel $name -Path "$example/model-v2"
        { $second | Save-MlModel -Path $folder -IfExists Skip -ErrorAction Stop } | Should -Throw -ErrorId 'PathAlreadyExists,*'
        ($second | Save-MlModel -Path $folder -IfExists Update -Force).FullName | Should -Be $folder
    }

    It 'takes a script block for the path of each' {
        $null = Register-MlModel $name -Path "$example/model-v2"
        $saved = Get-MlModel $name -Version '*' | Save-MlModel -Path { "$folder/v$($_.Version)" }
        ($saved.Name | Sort-Object) -join ' ' | Should -Be 'v1 v2'
    }

    It 'writes nothing under -WhatIf' {
        $model | Save-MlModel -Path $folder -WhatIf
        Test-Path -LiteralPath $folder | Should -BeFalse
    }
}

Describe 'Copy-MlModel' {
    BeforeAll {
        $name = New-ModelName
        $model = Register-MlModel $name -Path "$example/model-v1" -Tag @{ approved = 'yes' }
        $production = Connect-MlWorkspace -Emulator -Ephemeral
    }

    AfterAll {
        $production | Disconnect-MlWorkspace
    }

    It 'brings version, hash and tags to the other workspace, and says where it came from' {
        $copy = $model | Copy-MlModel -Destination $production
        $copy.Version | Should -Be '1'
        $copy.ContentHash | Should -Be $model.ContentHash
        $copy.Tags['approved'] | Should -Be 'yes'
        $copy.Tags['sourceModel'] | Should -Be $name
        $copy.ConnectionId | Should -Be $production.ConnectionId
    }

    It 'does not change what is there' {
        $null = $model | Copy-MlModel -Destination $production -IfExists Skip
        { $model | Copy-MlModel -Destination $production -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAlreadyExists,*'
        ($model | Copy-MlModel -Destination $production -NextVersion -IfUnchanged Reuse).ContentHash | Should -Be $model.ContentHash
    }

    It 'asks which workspace is meant when only names are given' {
        { Copy-MlModel $name 1 -Destination $production -ErrorAction Stop } | Should -Throw -ErrorId 'WorkspaceAmbiguous,*'
        (Copy-MlModel $name 1 -Workspace $workspace -Destination $production -DestinationName "$name-2").Name | Should -Be "$name-2"
    }
}

Describe 'Publish-MlModel' {
    BeforeAll {
        $name = New-ModelName
        $model = Register-MlModel $name -Path "$example/model-v1"
    }

    It 'makes a version in the registry that a deployment takes' {
        $published = $model | Publish-MlModel -Registry emulator-registry
        $published.Reference | Should -Be "azureml://registries/emulator-registry/models/$name/versions/1"
        $endpoint = New-MlEndpoint $name
        ($published | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic).ProvisioningState | Should -Be 'Succeeded'
        @($endpoint | Invoke-MlEndpoint -RequestFile "$example/sample.json").Count | Should -BeGreaterThan 0
        $endpoint | Remove-MlEndpoint -Force
    }

    It 'does not change a version that is there' {
        $null = $model | Publish-MlModel -Registry emulator-registry -IfExists Skip
        { $model | Publish-MlModel -Registry emulator-registry -ErrorAction Stop } | Should -Throw -ErrorId 'ModelAlreadyExists,*'
    }
}
