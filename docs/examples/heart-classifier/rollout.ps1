#Requires -Version 7.4
<#
.SYNOPSIS
    Rolls a new version of a heart disease classifier out, blue/green.
.DESCRIPTION
    Puts version 1 into service, deploys version 2 beside it without traffic, tries it, gives it a tenth of the traffic, then all of it, and
    retires version 1. No request fails on the way, and until the last step going back is one command.

    By default it runs on an emulator of its own, which ends with the session and leaves nothing behind. To run the same lines in Azure:
        ./rollout.ps1 -Workspace @{ SubscriptionId = '…'; ResourceGroupName = '…'; WorkspaceName = '…' }
    and afterwards ./cleanup.ps1 with the same -Workspace, since an endpoint in Azure costs money while it exists.
.PARAMETER Workspace
    Parameters for Connect-MlWorkspace.
.EXAMPLE
    dotnet run --project src/MlflowRollout.Shell -- docs/examples/heart-classifier/rollout.ps1
#>
[CmdletBinding()]
param(
    [System.Collections.IDictionary] $Workspace = @{ Emulator = $true; Ephemeral = $true }
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
Import-Module MlflowRollout
# Each step is printed by Out-Host on its own: printed together, only the first kind of object would get a table.
$clock = [System.Diagnostics.Stopwatch]::StartNew()

'1. Connect to a workspace. Everything below acts in it.'
Connect-MlWorkspace @Workspace | Out-Host

'2. Make an endpoint. Clients call its address; deployments behind it come and go.'
$endpoint = New-MlEndpoint heart-classifier -UniqueSuffix -AuthMode Key
$endpoint | Out-Host

'3. Register version 1 of the model and put it into service: it gets all traffic, because it is the first.'
$blue = Register-MlModel heart-classifier -Path "$PSScriptRoot/model-v1" |
    New-MlDeployment default -Endpoint $endpoint -InstanceType Standard_DS2_v2 -InstanceCount 1 -AllTraffic
$blue | Out-Host

'4. Four patients, answered by version 1 (1 = heart disease).'
$endpoint | Invoke-MlEndpoint -RequestFile "$PSScriptRoot/sample.json" | Out-Host

'5. Register version 2 and deploy it beside version 1. It gets no traffic yet, so nobody notices.'
$green = Register-MlModel heart-classifier -Path "$PSScriptRoot/model-v2" |
    New-MlDeployment { "xgboost-model-$($_.Version)" } -Endpoint $endpoint -InstanceType Standard_DS2_v2 -InstanceCount 1
$green | Out-Host

'6. The same patients, sent to version 2 alone. It should answer, and may disagree: it is a better model.'
$green | Invoke-MlEndpoint -RequestFile "$PSScriptRoot/sample.json" | Out-Host

'7. Give version 2 a tenth of the traffic. Going back: $green | Set-MlTraffic -Weight 0'
$green | Set-MlTraffic -Weight 10
$endpoint | Get-MlTraffic | Out-Host

'8. Who answers now? 500 patients, one request for each (-BatchSize 1), without naming a deployment.'
$answers = @{}
Import-Csv "$PSScriptRoot/rows.csv" | Invoke-MlEndpoint -Endpoint $endpoint -BatchSize 1 | ForEach-Object { $answers[$_.Deployment]++ }
foreach ($name in $answers.Keys) {
    "   $name answered $($answers[$name]) of 500."
}

'9. All traffic to version 2.'
$green | Set-MlTraffic -Weight 100
$endpoint | Get-MlDeployment | Out-Host

'10. Retire version 1. A deployment that still has traffic would be refused here.'
$endpoint | Remove-MlDeployment default
$endpoint | Get-MlDeployment | Out-Host
$endpoint | Invoke-MlEndpoint -RequestFile "$PSScriptRoot/sample.json" | Out-Host

"Version 2 is in service. The rollout took $($clock.Elapsed.TotalSeconds.ToString('0.0', [cultureinfo]::InvariantCulture)) s."
