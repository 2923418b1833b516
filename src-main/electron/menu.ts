/** The menu bar and the tray's menu as data: pure, so that tests read them; shell.ts builds what is shown. */
import type { MenuItemConstructorOptions } from 'electron';
import type { RunSummary } from '../../shared/contract.ts';
import { placeName, translator } from '../../shared/messages/desktop.ts';
import type { DesktopLanguage, Translate } from '../../shared/messages/desktop.ts';
import { places } from '../../shared/places.ts';
import type { Place } from '../../shared/places.ts';
import { progressOf } from './decisions.ts';

export interface MenuOptions {
  language: DesktopLanguage;
  platform: string;
  development: boolean;
  /** Shows a place of the window. */
  go(place: Place): void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate({ language, platform, development, go }: MenuOptions): MenuItemConstructorOptions[] {
  const t = translator(language);
  const mac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: t('menu.settings'),
    accelerator: 'CmdOrCtrl+,',
    click: () => go('settings'),
  };
  const application: MenuItemConstructorOptions = {
    label: 'Lookalike',
    submenu: [
      { role: 'about', label: t('menu.about') },
      separator,
      settings,
      separator,
      { role: 'services', label: t('menu.services') },
      separator,
      { role: 'hide', label: t('menu.hide') },
      { role: 'hideOthers', label: t('menu.hideOthers') },
      { role: 'unhide', label: t('menu.unhide') },
      separator,
      { role: 'quit', label: t('menu.quit') },
    ],
  };
  const close: MenuItemConstructorOptions = { role: 'close', label: t('menu.close') };
  return [
    ...(mac ? [application] : []),
    {
      label: t('menu.file'),
      submenu: [
        { label: t('menu.newRun'), accelerator: 'CmdOrCtrl+N', click: () => go('new') },
        separator,
        ...(mac ? [close] : [settings, separator, close, { role: 'quit', label: t('menu.quit') } as const]),
      ],
    },
    {
      label: t('menu.edit'),
      submenu: [
        { role: 'undo', label: t('menu.undo') },
        { role: 'redo', label: t('menu.redo') },
        separator,
        { role: 'cut', label: t('menu.cut') },
        { role: 'copy', label: t('menu.copy') },
        { role: 'paste', label: t('menu.paste') },
        { role: 'selectAll', label: t('menu.selectAll') },
      ],
    },
    {
      label: t('menu.view'),
      submenu: [
        { role: 'resetZoom', label: t('menu.resetZoom') },
        { role: 'zoomIn', label: t('menu.zoomIn') },
        { role: 'zoomOut', label: t('menu.zoomOut') },
        { role: 'togglefullscreen', label: t('menu.fullScreen') },
        separator,
        { role: 'reload', label: t('menu.reload') },
        ...(development ? [{ role: 'toggleDevTools', label: t('menu.devTools') } as const] : []),
      ],
    },
    {
      label: t('menu.go'),
      submenu: places
        .filter(({ inGoMenu }) => inGoMenu)
        .map(({ id }, index) => ({
          label: placeName(language, `nav.${id}`),
          ...(index < 9 && { accelerator: `CmdOrCtrl+${index + 1}` }),
          click: () => go(id),
        })),
    },
    {
      label: t('menu.window'),
      role: 'window',
      submenu: [
        { role: 'minimize', label: t('menu.minimize') },
        ...(mac
          ? [{ role: 'zoom', label: t('menu.zoom') } as const, { role: 'front', label: t('menu.front') } as const]
          : []),
      ],
    },
    {
      label: t('menu.help'),
      role: 'help',
      submenu: [
        { label: t('menu.howItWorks'), click: () => go('help') },
        ...(mac ? [] : [{ role: 'about', label: t('menu.about') } as const]),
      ],
    },
  ];
}

export interface TrayActions {
  open(): void;
  pause(runId: string): void;
  resume(runId: string): void;
  quit(): void;
}

/** `run`: the one that trains or waits, if any. `saving`: the program is on its way out. */
export function trayTemplate(
  t: Translate,
  run: RunSummary | null,
  saving: boolean,
  { open, pause, resume, quit }: TrayActions,
): MenuItemConstructorOptions[] {
  if (saving) return [{ label: t('tray.saving'), enabled: false }];
  return [
    { label: t('tray.open'), click: open },
    separator,
    ...(run?.state === 'running' ? [{ label: t('tray.pause', { name: run.name }), click: () => pause(run.id) }] : []),
    ...(run?.state === 'paused' ? [{ label: t('tray.resume', { name: run.name }), click: () => resume(run.id) }] : []),
    { label: run ? t('tray.saveAndQuit') : t('tray.quit'), click: quit },
  ];
}

export function trayTooltip(t: Translate, run: RunSummary | null, saving: boolean): string {
  if (saving) return t('tray.saving');
  if (!run) return t('tray.idle');
  const progress = progressOf([run]);
  if (progress === null) return t('tray.starting', { name: run.name });
  const values = { name: run.name, percent: Math.floor(progress * 100) };
  return run.state === 'paused' ? t('tray.paused', values) : t('tray.running', values);
}
