/**
 * Looks for updates, fetches and installs one, with electron-updater doing the work: this says when, believes only
 * what is signed, and leaves the installed version where anything fails. Imports nothing of Electron; main.ts gives it
 * what it needs of it.
 */
import { readFileSync } from 'node:fs';
import type { UpdateAction, UpdateState } from '../../../shared/desktop.ts';
import { errnoOf } from '../../files/errors.ts';
import { isDue, isSigned, hasRoom, offerOf, sizeOf } from './policy.ts';
import type { Offer } from './policy.ts';

/** The part of electron-updater's interface that is used here. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  allowPrerelease: boolean;
  disableWebInstaller: boolean;
  requestHeaders: Record<string, unknown> | null;
  logger: unknown;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: Offer } | null>;
  downloadUpdate(): Promise<string[]>;
  on(event: 'download-progress', listener: (progress: { percent: number }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Asks an address; the last of its parameters is how often it has been led on. */
  httpExecutor: { doApiRequest(options: unknown, token: unknown, read: unknown, ledOn?: number): unknown };
}

export interface UpdatesOptions {
  updater(): Promise<Updater>;
  /** Public key that updates are signed with, PEM. */
  key: string;
  /** The address where updates are looked for, as a person knows it. */
  address: string;
  /** The file that keeps when an update was last looked for. */
  stateFile: string;
  /** Written whole or not at all. */
  write(file: string, text: string): Promise<void>;
  freeBytes(): Promise<number>;
  /** Whether something trains or waits to. */
  busy(): boolean;
  /** Ends the program so that runs are saved, then puts `file` in place and starts it; rejects where that failed and the old one goes on. */
  install(file: string): Promise<void>;
  now?(): number;
  /** Milliseconds after which nothing more is expected of an address that says nothing. */
  patience?: number;
}

/** One that a person waits for; a signature is checked by another program, which may take a while after the last byte. */
const PATIENCE = 120_000;

export class Updates {
  readonly #options: UpdatesOptions;
  #state: UpdateState;
  #updater: Promise<Updater> | null = null;
  #offer: Offer | null = null;
  #file: string | null = null;
  /** Of what is asked now: something came, so that it is waited for anew. */
  #heard = () => {};
  /** What is being done, or waits for that. */
  #working: { action: UpdateAction; done: Promise<void> } | null = null;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    this.#state = { kind: 'idle', lastCheck: readLastCheck(options.stateFile) };
  }

  get state(): UpdateState {
    return this.#state;
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  /** Looks for an update when one is due. `agreed`: a person allowed that. Called every hour or so. */
  async tick(agreed: boolean): Promise<void> {
    const { lastCheck } = this.#state;
    const quiet = this.#state.kind === 'idle' || this.#state.kind === 'failed';
    if (quiet && isDue({ agreed, lastCheck, now: this.#now(), busy: this.#options.busy() })) await this.do('check');
  }

  /** Does one action at a time: one asked for during another follows it, the same once more only waits. Never rejects. */
  async do(action: UpdateAction): Promise<void> {
    if (action === 'state') return;
    if (this.#working?.action !== action) {
      const before = this.#working?.done;
      const working = {
        action,
        done: (before ? before.then(() => this.#do(action)) : this.#do(action)).finally(() => {
          if (this.#working === working) this.#working = null;
        }),
      };
      this.#working = working;
    }
    await this.#working.done;
  }

  async #do(action: Exclude<UpdateAction, 'state'>): Promise<void> {
    try {
      if (action === 'check') await this.#check();
      else if (action === 'download') await this.#download();
      else await this.#install();
    } catch (error) {
      const detail = error instanceof Error ? error.message.split('\n')[0]! : String(error);
      this.#fail(errnoOf(error) === 'ENOSPC' ? 'no-room' : 'failed', detail);
    }
  }

  #fail(why: Extract<UpdateState, { kind: 'failed' }>['why'], detail = ''): void {
    this.#state = { kind: 'failed', why, detail, lastCheck: this.#state.lastCheck };
  }

  #load(): Promise<Updater> {
    return (this.#updater ??= this.#options.updater().then((updater) => {
      updater.autoDownload = false;
      updater.autoInstallOnAppQuit = false; // a person asks for it
      updater.allowDowngrade = false;
      updater.allowPrerelease = false;
      updater.disableWebInstaller = true;
      updater.logger = null;
      updater.requestHeaders = { 'x-user-staging-id': '' }; // the share is drawn here: no number of ours goes out
      updater.on('error', () => {}); // each call rejects with it too
      updater.on('download-progress', ({ percent }) => {
        this.#heard();
        if (this.#state.kind === 'downloading') this.#state = { ...this.#state, fraction: percent / 100 };
      });
      followLess(updater.httpExecutor);
      return updater;
    }));
  }

  /** What is asked of an address, unless it says nothing for long: Electron waits for ever. */
  async #answered<T>(asked: Promise<T>): Promise<T> {
    const { patience = PATIENCE } = this.#options;
    const late = Promise.withResolvers<never>();
    const giveUp = () => late.reject(new Error(`${this.#options.address} did not answer`));
    let timer = setTimeout(giveUp, patience);
    this.#heard = () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
    };
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      this.#heard = () => {};
      clearTimeout(timer);
      asked.catch(() => {}); // told already
    }
  }

  async #check(): Promise<void> {
    const lastCheck = this.#now(); // also of one that fails: an address that is down is not asked all day
    this.#state = { kind: 'checking', lastCheck };
    // What was offered before is not what the updater would fetch after this.
    this.#offer = this.#file = null;
    await this.#options.write(this.#options.stateFile, `${JSON.stringify({ lastCheck })}\n`).catch(() => {});
    const updater = await this.#load();
    const found = await this.#answered(updater.checkForUpdates());
    this.#state = { kind: 'idle', lastCheck };
    if (!found?.isUpdateAvailable) return;
    if (!isSigned(found.updateInfo, this.#options.key)) return this.#fail('not-signed');
    this.#offer = found.updateInfo;
    this.#state = { kind: 'offered', offer: offerOf(this.#offer, this.#options.address), lastCheck };
  }

  async #download(): Promise<void> {
    const offer = this.#offer;
    if (!offer) return;
    const { lastCheck } = this.#state;
    const described = offerOf(offer, this.#options.address);
    this.#state = { kind: 'downloading', offer: described, fraction: 0, lastCheck };
    if (!hasRoom(sizeOf(offer), await this.#options.freeBytes())) return this.#fail('no-room');
    const updater = await this.#load();
    const files = await this.#answered(updater.downloadUpdate());
    this.#file = files[0] ?? null;
    if (!this.#file) return this.#fail('failed');
    this.#state = { kind: 'ready', offer: described, lastCheck };
  }

  async #install(): Promise<void> {
    if (this.#state.kind === 'ready' && this.#file) await this.#options.install(this.#file);
  }
}

/** electron-updater does not count how often an answer leads on to another address: two that name each other it asks for ever. */
function followLess(executor: Updater['httpExecutor']): void {
  const ask = executor.doApiRequest.bind(executor);
  executor.doApiRequest = (options, token, read, ledOn) => ask(options, token, read, (ledOn ?? 0) + 1);
}

function readLastCheck(file: string): number | null {
  try {
    const { lastCheck } = JSON.parse(readFileSync(file, 'utf8')) as { lastCheck?: unknown };
    return typeof lastCheck === 'number' ? lastCheck : null;
  } catch {
    return null; // never looked
  }
}
