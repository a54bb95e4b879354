#Requires -Version 7.4
<#
.SYNOPSIS
    Sends with the module what definitions.py sends with azure-ai-ml, from the same files.
.PARAMETER Definitions
    The folder of definitions.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Definitions)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

# A deployment that the emulator stores and cannot run.
function Assert-Refused {
    param([string] $Name)
    try {
        $null = New-MlDeployment -DefinitionFile "$Definitions/$Name.yml"
    } catch {
        return
    }
    throw "The deployment $Name did not fail."
}

$null = Register-MlModel -DefinitionFile "$Definitions/model.yml"

$endpoint = New-MlEndpoint -DefinitionFile "$Definitions/managed-endpoint.yml"
$null = New-MlDeployment -DefinitionFile "$Definitions/blue.yml"
Set-MlTraffic @{ blue = 100 } -Endpoint $endpoint
$null = New-MlDeployment -DefinitionFile "$Definitions/green.yml"
Set-MlTraffic @{ blue = 90; green = 10 } -Endpoint $endpoint
Set-MlTraffic @{ blue = 0; green = 100 } -Endpoint $endpoint
Remove-MlDeployment blue -Endpoint $endpoint
Assert-Refused scripted
Assert-Refused context

$kubernetes = New-MlEndpoint -DefinitionFile "$Definitions/kubernetes-endpoint.yml"
$null = New-MlDeployment -DefinitionFile "$Definitions/kubernetes-blue.yml"
Set-MlTraffic @{ blue = 100 } -Endpoint $kubernetes
Assert-Refused kubernetes-scripted

$endpoint, $kubernetes | Remove-MlEndpoint -Force
