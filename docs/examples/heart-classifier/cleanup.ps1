#Requires -Version 7.4
<#
.SYNOPSIS
    Removes the endpoint that rollout.ps1 made, with its deployments. The models stay registered.
.DESCRIPTION
    Needed in Azure, or on an emulator that goes on running; the emulator that rollout.ps1 uses by default ends with its session. Run twice, it
    does nothing the second time.
.PARAMETER Workspace
    Parameters for Connect-MlWorkspace, as for rollout.ps1.
.EXAMPLE
    ./cleanup.ps1 -Workspace @{ SubscriptionId = '…'; ResourceGroupName = '…'; WorkspaceName = '…' }
#>
[CmdletBinding()]
param(
    [System.Collections.IDictionary] $Workspace = @{ Emulator = $true }
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
Import-Module MlflowRollout
$null = Connect-MlWorkspace @Workspace

# rollout.ps1 named it heart-classifier-<suffix>; a pattern that finds nothing is no error.
foreach ($endpoint in Get-MlEndpoint heart-classifier-*) {
    $endpoint | Remove-MlEndpoint -Force
    "Removed endpoint $endpoint."
}
