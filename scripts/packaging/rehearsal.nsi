; Rehearsal of the Windows installer by Debian's NSIS: what electron-builder's own installer does for a person (a
; folder of the application, an entry among the installed programs, an uninstaller that leaves the home alone), around
; the stand-in for Electron. The release is built by electron-builder. Defines: SOURCE, OUTPUT, VERSION.
Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
Name "Lookalike"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Lookalike"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Lookalike"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Rehearsal of Lookalike's installer"
VIAddVersionKey "LegalCopyright" "The Lookalike developers"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lookalike"
Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\Uninstall Lookalike.exe"
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "Lookalike ${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "The Lookalike developers"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\Uninstall Lookalike.exe"'
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
SectionEnd

Section "un.Lookalike"
  ; What was installed and nothing else: the home of a person is elsewhere.
  RMDir /r "$INSTDIR\resources"
  RMDir /r "$INSTDIR\locales"
  Delete "$INSTDIR\*.*"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${ENTRY}"
SectionEnd
