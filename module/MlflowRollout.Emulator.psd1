@{
    RootModule           = ''
    ModuleVersion        = '0.0.0'
    GUID                 = 'b0b7d6a2-0d2e-4b0f-9c55-6a0f7f6f3f52'
    Author               = 'The MlflowRollout authors'
    Copyright            = '(c) The MlflowRollout authors. MIT licence.'
    Description          = 'The Azure Machine Learning emulator that Start-MlEmulator of the module MlflowRollout runs. It exports no commands. It needs the ASP.NET Core runtime, version 8 or later.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'AzureML', 'MLflow', 'Emulator')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
