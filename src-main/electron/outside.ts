/** What shows runs and settings outside the window: menu, tray, theme, and a computer that stays awake while it trains. */
import { Menu, nativeImage, nativeTheme, powerSaveBlocker, Tray } from 'electron';
import { join } from 'node:path';
import { translator } from '../../shared/messages/desktop.ts';
import type { DesktopLanguage } from '../../shared/messages/desktop.ts';
import { keepsAwake } from './decisions.ts';
import type { Following } from './following.ts';
import { menuTemplate, trayTemplate, trayTooltip } from './menu.ts';
import type { TrayActions } from './menu.ts';

export interface OutsideActions extends TrayActions {
  /** Shows a place of the window. */
  go(place: string): void;
}

export class Outside {
  /** Absolute path of the folder of icons. */
  readonly #icons: string;
  readonly #development: boolean;
  readonly #actions: OutsideActions;
  #tray: Tray | null = null;
  #awake: number | null = null;
  #language: DesktopLanguage | null = null;

  constructor(icons: string, development: boolean, actions: OutsideActions) {
    this.#icons = icons;
    this.#development = development;
    this.#actions = actions;
  }

  /** What it shows comes with the next `show`. */
  showTray(): void {
    if (this.#tray) return;
    const file = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
    this.#tray = new Tray(nativeImage.createFromPath(join(this.#icons, file)));
    this.#tray.on('click', () => this.#actions.open());
  }

  show({ runs, settings, busy }: Following, language: DesktopLanguage, saving: boolean): void {
    this.#showMenu(language);
    if (nativeTheme.themeSource !== settings.theme) nativeTheme.themeSource = settings.theme;
    this.#keepAwake(keepsAwake(runs.values()));
    const t = translator(language);
    this.#tray?.setToolTip(trayTooltip(t, busy, saving));
    this.#tray?.setContextMenu(Menu.buildFromTemplate(trayTemplate(t, busy, saving, this.#actions)));
  }

  #showMenu(language: DesktopLanguage): void {
    if (language === this.#language) return;
    this.#language = language;
    const { go } = this.#actions;
    const template = menuTemplate({ language, platform: process.platform, development: this.#development, go });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  #keepAwake(awake: boolean): void {
    if (awake && this.#awake === null) this.#awake = powerSaveBlocker.start('prevent-app-suspension');
    else if (!awake && this.#awake !== null) {
      powerSaveBlocker.stop(this.#awake);
      this.#awake = null;
    }
  }

  close(): void {
    this.#tray?.destroy();
  }
}
