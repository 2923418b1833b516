@echo off
rem The command line of an installed Lookalike. A batch file waits for the program and hands on its exit code.
"%~dp0..\..\Lookalike.exe" --cli %*
exit /b %errorlevel%
