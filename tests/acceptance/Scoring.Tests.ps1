BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $ErrorActionPreference = 'Stop'
    $workspace = Connect-MlWorkspace -Emulator -Ephemeral
    $endpoint = New-MlEndpoint ('heart-' + [guid]::NewGuid().ToString('n').Substring(0, 12))
    $model = Register-MlModel heart -Path "$example/model-v1"
    $blue = $model | New-MlDeployment blue -Endpoint $endpoint -InstanceType Standard_DS2_v2 -AllTraffic
    $green = Register-MlModel heart -Path "$example/model-v2" | New-MlDeployment green -Endpoint $endpoint -InstanceType Standard_DS2_v2
    $rows = @(Import-Csv -LiteralPath "$example/rows.csv" | Select-Object -First 20)
}

AfterAll {
    $workspace | Disconnect-MlWorkspace
}

Describe 'Invoke-MlEndpoint' {
    It 'answers a request file, by weight and pinned' {
        @($endpoint | Invoke-MlEndpoint -RequestFile "$example/sample.json").Count | Should -BeGreaterThan 0
        ($green | Invoke-MlEndpoint -RequestFile "$example/sample.json").Deployment | Select-Object -Unique | Should -Be 'green'
    }

    It 'answers rows in their order, one object each' {
        $answers = @($rows | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 7)
        $answers.Count | Should -Be $rows.Count
        ($answers.Index -join ' ') | Should -Be ((0..($rows.Count - 1)) -join ' ')
        @($answers | Where-Object Error).Count | Should -Be 0
    }

    It 'gives rows back for a file with -As Row' {
        $row = $rows[0] | Invoke-MlEndpoint -Endpoint $endpoint -As Row
        $row.age | Should -Be $rows[0].age
        $row.Deployment | Should -Be 'blue'
        $row.PSObject.Properties.Name | Should -Contain 'Prediction'
    }

    It 'names row and column of a bad cell' {
        $bad = $rows[0].PSObject.Copy()
        $bad.age = 'old'
        $answer = $bad | Invoke-MlEndpoint -Endpoint $endpoint -ErrorAction SilentlyContinue -ErrorVariable failure
        "$($answer.Error)$failure" | Should -Match 'age'
    }

    It 'needs no connection with an address and a key' {
        $key = ($endpoint | Get-MlEndpointKey)[0].Key
        $authority = (Get-MlEmulator | Where-Object { $_.IsEphemeral } | Select-Object -First 1).CaCertificate
        if ($authority) {
            @(Invoke-MlEndpoint -ScoringUri $endpoint.ScoringUri -Key $key -CaCertificate $authority -RequestFile "$example/sample.json").Count | Should -BeGreaterThan 0
        }
    }
}

Describe 'ConvertTo-MlModelRequest' {
    It 'makes a body by the signature of a model' {
        $request = $rows | ConvertTo-MlModelRequest -Model $model
        $request.RowCount | Should -Be $rows.Count
        ($request.Body | ConvertFrom-Json).input_data.columns | Should -Contain 'age'
    }

    It 'makes the body that the endpoint answers' {
        $request = $rows[0..2] | ConvertTo-MlModelRequest -Model $model
        @($endpoint | Invoke-MlEndpoint -Body $request.Body).Count | Should -Be 3
    }

    It 'names the cell that does not fit' {
        $bad = $rows[0].PSObject.Copy()
        $bad.age = 'old'
        { $bad | ConvertTo-MlModelRequest -Model $model -ErrorAction Stop } | Should -Throw -ExpectedMessage '*age*'
    }
}
