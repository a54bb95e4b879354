BeforeAll {
    . "$PSScriptRoot/Import-BuiltModule.ps1"
    $module = Get-Module MlflowRollout
}

Describe 'The module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest -Path ([System.IO.Path]::Combine($module.ModuleBase, 'MlflowRollout.psd1'))).Name | Should -Be 'MlflowRollout'
    }

    It 'exports exactly what its manifest lists' {
        $manifest = Import-PowerShellDataFile -LiteralPath ([System.IO.Path]::Combine($module.ModuleBase, 'MlflowRollout.psd1'))
        ($module.ExportedCmdlets.Keys | Sort-Object) -join ' ' | Should -Be (($manifest.CmdletsToExport | Sort-Object) -join ' ')
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'uses approved verbs' {
        $approved = (Get-Verb).Verb
        foreach ($command in $module.ExportedCmdlets.Values) {
            $approved | Should -Contain $command.Verb
        }
    }

    It 'has help with three examples for every cmdlet' {
        foreach ($name in $module.ExportedCmdlets.Keys) {
            $help = Get-Help $name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty -Because $name
            $help.Synopsis.Trim() | Should -Not -BeLike "$name *" -Because "$name has written help, not the generated syntax"
            @($help.examples.example).Count | Should -BeGreaterOrEqual 3 -Because $name
        }
    }

    It 'makes its types usable right after import' {
        [MlflowRollout.MlTraffic]::new().EndpointName | Should -BeNullOrEmpty
    }

    It 'can be imported again with -Force, removed, and imported once more' {
        Import-Module MlflowRollout -Force
        Remove-Module MlflowRollout
        Import-Module MlflowRollout
        (Get-Command Set-MlTraffic).ModuleName | Should -Be 'MlflowRollout'
    }

    It 'says what to do when no workspace is connected' {
        Get-MlWorkspace | Disconnect-MlWorkspace
        { Get-MlEndpoint -ErrorAction Stop } | Should -Throw -ErrorId 'NotConnected,*'
    }
}
