@{
    RootModule           = 'bin/MlflowRollout.dll'
    # The build stamps the version of Directory.Build.props here.
    ModuleVersion        = '0.0.0'
    GUID                 = '5b0c8b5e-7a5a-4f53-8a1e-2f0f6f0f3c11'
    Author               = 'The MlflowRollout authors'
    Copyright            = '(c) The MlflowRollout authors. MIT licence.'
    Description          = 'Progressive rollout (blue/green, canary, shadow) of MLflow models to Azure Machine Learning online endpoints, without interrupting service. Works against Azure and against an emulator on this machine. Windows PowerShell 5.1 is not supported.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('MlflowRollout.Format.ps1xml')
    TypesToProcess       = @('MlflowRollout.Types.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Connect-MlWorkspace'
        'ConvertTo-MlModelRequest'
        'Copy-MlModel'
        'Disable-MlModel'
        'Disconnect-MlWorkspace'
        'Enable-MlModel'
        'Get-MlDeployment'
        'Get-MlDeploymentLog'
        'Get-MlEmulator'
        'Get-MlEndpoint'
        'Get-MlEndpointKey'
        'Get-MlEndpointMetric'
        'Get-MlEndpointToken'
        'Get-MlModel'
        'Get-MlTraffic'
        'Get-MlWorkspace'
        'Invoke-MlEndpoint'
        'New-MlDeployment'
        'New-MlEndpoint'
        'Publish-MlModel'
        'Register-MlModel'
        'Remove-MlDeployment'
        'Remove-MlEndpoint'
        'Remove-MlModel'
        'Reset-MlEndpointKey'
        'Save-MlModel'
        'Set-MlTraffic'
        'Start-MlEmulator'
        'Stop-MlEmulator'
        'Test-MlModelRequest'
        'Update-MlDeployment'
        'Update-MlEndpoint'
        'Update-MlModel'
        'Wait-MlDeployment'
        'Wait-MlEndpoint'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'AzureML', 'MLflow', 'BlueGreen', 'Canary', 'Rollout')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md in the repository.'
        }
    }
}
