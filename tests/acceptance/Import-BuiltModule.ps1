<#
.SYNOPSIS
    Puts the packages that the build composed on the module path and imports the module. Dot-source it from BeforeAll.
#>
$output = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'output'))
if (-not (Test-Path -LiteralPath ([System.IO.Path]::Combine($output, 'MlflowRollout')))) {
    throw "The module is not built: '$output' has no MlflowRollout. Run 'dotnet build cmdlets.sln' first."
}

if ($env:PSModulePath.Split([System.IO.Path]::PathSeparator) -notcontains $output) {
    $env:PSModulePath = $output + [System.IO.Path]::PathSeparator + $env:PSModulePath
}

Import-Module MlflowRollout -ErrorAction Stop
$example = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'heart-classifier'))
