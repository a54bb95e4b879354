#Requires -Version 7.4
<#
.SYNOPSIS
    Sends with the module what definitions.py sends with azure-ai-ml, so that their requests can be compared.
.PARAMETER Definitions
    The folder of definitions, which this script says by parameters.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Definitions)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

# A deployment that the emulator stores and cannot run.
function Assert-Refused {
    param([scriptblock] $Deployment)
    try {
        & $Deployment
    } catch {
        return
    }
    throw "The deployment did not fail: $Deployment"
}

# Model
$null = Register-MlModel compared -Version 1 -Path "$Definitions/../../../../../docs/examples/heart-classifier/model-v1" `
    -Description 'Heart disease' -Tag @{ source = 'committed example' }

# Managed
$endpoint = New-MlEndpoint compared -AuthMode Key -Description 'Heart disease' -Tag @{ team = 'cardio' }
$null = New-MlDeployment blue -Endpoint $endpoint -Model azureml:compared:1 -InstanceType Standard_DS2_v2 -InstanceCount 1
Set-MlTraffic @{ blue = 100 } -Endpoint $endpoint
$null = New-MlDeployment green -Endpoint $endpoint -Model azureml:compared@latest -InstanceType Standard_DS3_v2 -InstanceCount 2 `
    -Description 'The candidate' -Tag @{ stage = 'candidate' } -AppInsightsEnabled -EgressPublicNetworkAccess Enabled `
    -EnvironmentVariable @{ SETTING = 'on' } -RequestTimeout 3s -MaxConcurrentRequestsPerInstance 4 -MaxQueueWait 1s `
    -LivenessProbe @{ InitialDelay = '00:00:20'; Period = '00:00:12'; Timeout = '00:00:03'; SuccessThreshold = 1; FailureThreshold = 25 } `
    -ReadinessProbe @{ InitialDelay = '00:00:15'; Period = '00:00:11'; Timeout = '00:00:04'; SuccessThreshold = 2; FailureThreshold = 20 }
Set-MlTraffic @{ blue = 90; green = 10 } -Endpoint $endpoint
Set-MlTraffic @{ blue = 0; green = 100 } -Endpoint $endpoint
Remove-MlDeployment blue -Endpoint $endpoint

# Code and environment
$code = @{
    Code = "$Definitions/code"
    ScoringScript = 'score.py'
    Environment = @{ Image = 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest'; CondaFile = "$Definitions/conda.yml" }
}
Assert-Refused { New-MlDeployment scripted -Endpoint $endpoint -Model azureml:compared:1 -InstanceType Standard_DS2_v2 -InstanceCount 1 @code }

$routes = @{
    LivenessRoute = @{ Path = '/live'; Port = 8080 }
    ReadinessRoute = @{ Path = '/ready'; Port = 8080 }
    ScoringRoute = @{ Path = '/score'; Port = 8080 }
}
$image = @{
    Name = 'built-here'; Version = '3'; Description = 'Made from a Dockerfile'; InferenceConfig = $routes
    Build = @{ Path = "$Definitions/context"; DockerfilePath = 'Dockerfile' }
}
Assert-Refused {
    New-MlDeployment context -Endpoint $endpoint -Model azureml:compared:1 -Environment $image -Description 'An image of our own' `
        -InstanceType Standard_DS2_v2 -InstanceCount 1
}

# Kubernetes
$kubernetes = New-MlEndpoint compared-k8s -Compute azureml:cluster -AuthMode Key -Tag @{ team = 'cardio' }
$null = New-MlDeployment blue -Endpoint $kubernetes -Model azureml:compared:1 -InstanceType defaultinstancetype -InstanceCount 1 `
    -Resource @{ Requests = @{ Cpu = '0.1'; Memory = '0.5Gi' }; Limits = @{ Cpu = '0.2'; Memory = '1Gi' } }
Set-MlTraffic @{ blue = 100 } -Endpoint $kubernetes
Assert-Refused {
    New-MlDeployment scripted -Endpoint $kubernetes -Model azureml:compared:1 -InstanceType defaultinstancetype @code `
        -ScaleSettings @{ MinInstances = 1; MaxInstances = 4; PollingInterval = 20; TargetUtilizationPercentage = 65 }
}

# Removal
$endpoint, $kubernetes | Remove-MlEndpoint -Force
