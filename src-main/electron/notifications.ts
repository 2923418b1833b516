/** Notifications of the operating system: shown in the person's language, and kept while they can be clicked. */
import { Notification } from 'electron';
import { errorSentence } from '../../shared/errors.ts';
import { translator } from '../../shared/messages/desktop.ts';
import type { DesktopLanguage } from '../../shared/messages/desktop.ts';
import type { Notice } from './decisions.ts';

export class Notifications {
  readonly #go: (place: string) => void;
  /** What a person has open, so that a click on it is not taken by the collector. */
  readonly #open = new Set<Notification>();

  /** `go` is called with the address in the window that a click leads to. */
  constructor(go: (place: string) => void) {
    this.#go = go;
  }

  /** Nothing where the system has none. */
  show({ title, body, values, error, runId }: Notice, language: DesktopLanguage): void {
    if (!Notification.isSupported()) return;
    const t = translator(language);
    const reason = error ? errorSentence(error, language) : '';
    const notification = new Notification({ title: t(title), body: t(body, { ...values, reason }) });
    this.#open.add(notification);
    notification.on('click', () => this.#go(`#/monitor/${encodeURIComponent(runId)}`));
    notification.on('close', () => this.#open.delete(notification));
    notification.show();
  }
}
