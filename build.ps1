#Requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packs MlflowRollout.
.DESCRIPTION
    Calls the same MSBuild targets as 'dotnet build cmdlets.sln' and 'dotnet test cmdlets.sln'; nothing is done here that they do not do.
.PARAMETER Task
    Clean: removes what a build made. Build: composes both packages under output/. Test: runs all tests (Pester tests too, where Pester is
    installed). Package: makes a zip file of each package under output/packages/.
.PARAMETER Configuration
    Debug or Release. Both are optimised; Release leaves out checks for developers.
.EXAMPLE
    ./build.ps1 Build, Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Clean', 'Build', 'Test', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$solution = [System.IO.Path]::Combine($PSScriptRoot, 'cmdlets.sln')
$packageProject = [System.IO.Path]::Combine($PSScriptRoot, 'module', 'MlflowRollout.Package.csproj')
$acceptance = [System.IO.Path]::Combine($PSScriptRoot, 'tests', 'acceptance')

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "'dotnet $args' ended with exit code $LASTEXITCODE."
    }
}

foreach ($step in $Task) {
    switch ($step) {
        'Clean' {
            Invoke-DotNet clean $solution --configuration $Configuration --nologo --verbosity quiet
        }
        'Build' {
            Invoke-DotNet build $solution --configuration $Configuration --nologo
        }
        'Test' {
            Invoke-DotNet test $solution --configuration $Configuration --nologo
            if (Get-Module -ListAvailable -Name Pester) {
                $result = Invoke-Pester -Path $acceptance -PassThru
                if ($result.FailedCount -gt 0) {
                    throw "$($result.FailedCount) acceptance tests failed."
                }
            }
            else {
                'Acceptance tests skipped: the module Pester is not installed (Install-Module Pester).'
            }
        }
        'Package' {
            Invoke-DotNet build $packageProject --configuration $Configuration --nologo --target:PackModules
        }
    }
}
