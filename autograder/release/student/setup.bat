@echo off
rem Makes .venv in this folder and installs the course into it.
cd /d "%~dp0"
for %%v in (3.13 3.12 3.11 3.14) do (
    py -%%v scripts\setup.py --fits >nul 2>nul && (
        py -%%v scripts\setup.py %*
        exit /b
    )
)
python scripts\setup.py --fits >nul 2>nul && (
    python scripts\setup.py %*
    exit /b
)
echo No Python from 3.11 to 3.14 was found: install one from python.org, and run this again.
exit /b 1
