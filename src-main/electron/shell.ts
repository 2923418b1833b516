/**
 * The shell at work: one window, the application process, the trainers it asks for and the way out; menu and tray are
 * outside.ts's. Decides nothing itself: decisions.ts and policy.ts do.
 */
import { app, powerMonitor, protocol, session, shell } from 'electron';
import type { WebContents } from 'electron';
import { join } from 'node:path';
import { connect } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import type { WireError } from '../../shared/contract.ts';
import type { UpdateAction, UpdatesOff, UpdateState } from '../../shared/desktop.ts';
import { translator } from '../../shared/messages/desktop.ts';
import type { DesktopLanguage, Translate } from '../../shared/messages/desktop.ts';
import { errorSentence } from '../../shared/errors.ts';
import { portTransport } from '../../shared/transport.ts';
import { isOffline } from '../files/offline.ts';
import { AppProcess } from './appProcess.ts';
import { openBridge } from './bridge.ts';
import { ComputeBroker } from './compute.ts';
import { afterCrash, languageOf, onClose, progressOf } from './decisions.ts';
import type { Notice } from './decisions.ts';
import { askClosing, askRepair, pickFile, pickFolder, tell } from './dialogs.ts';
import { listFiles, responder } from './files.ts';
import { Following } from './following.ts';
import { guardSession } from './guard.ts';
import { installUpdate, takeNote } from './updates/install.ts';
import { Updates } from './updates/updates.ts';
import { wireUpdates } from './updates/wire.ts';
import { Notifications } from './notifications.ts';
import { Outside } from './outside.ts';
import { channels, scheme } from './policy.ts';
import { MainWindow } from './window.ts';

export interface ShellOptions {
  home: string;
  /** Start in the background. */
  hidden: boolean;
  /** Absolute paths of the programs, the preload script, the built window and the icons. */
  files: { root: string; app: string; trainer: string; preload: string; renderer: string; icons: string };
}

/** Seconds that trainers of an application that died may take to save before a new one is started. */
const orphanSeconds = 130;
/** Hours between asking whether to look for an update; updates/policy.ts says when one is really looked for. */
const updatesHours = 1;

export class Shell {
  readonly #options: ShellOptions;
  readonly #development = !app.isPackaged;
  readonly #broker: ComputeBroker;
  readonly #process: AppProcess;
  readonly #client: Client = connect();
  readonly #following: Following;
  readonly #outside: Outside;
  #window!: MainWindow;
  readonly #crashes: number[] = [];
  #updates: Updates | UpdatesOff = 'checkout';
  #quitting: 'no' | 'saving' | 'done' = 'no';
  #asking = false;
  #tellingFault = false;
  readonly #notifications = new Notifications((place) => this.#window.go(place));

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#broker = new ComputeBroker(options.files.trainer);
    this.#process = new AppProcess({
      entry: options.files.app,
      home: options.home,
      version: app.getVersion(),
      broker: this.#broker,
      ready: () => this.#client.attach(portTransport(this.#process.connect())),
      failed: (error) => void this.#cannotStart(error),
      crashed: (complaint) => void this.#crashed(complaint),
      reveal: (path) => shell.showItemInFolder(path),
    });
    this.#outside = new Outside(options.files.icons, this.#development, {
      open: () => this.show(),
      go: (place) => this.#window.go(`#/${place}`),
      pause: (runId) => this.#following.pause(runId),
      resume: (runId) => this.#following.resume(runId),
      quit: () => app.quit(),
    });
    this.#following = new Following(
      this.#client,
      () => this.#speaks,
      () => this.#refresh(),
      (notice) => this.#notify(notice),
      () => takeNote(this.#noteFile).forEach(this.#following.resume),
    );
  }

  /** The file that names the runs an update interrupted. */
  get #noteFile(): string {
    return join(this.#options.home, 'desktop', 'interrupted-by-update.json');
  }

  get #speaks(): DesktopLanguage {
    return languageOf(this.#following.settings.language, app.getPreferredSystemLanguages());
  }

  get #t(): Translate {
    return translator(this.#speaks);
  }

  /** What failed and was waited for by nobody is said, once at a time, and ends nothing: a training goes on behind it. */
  tellFault = (error: unknown): void => {
    const [message, stack] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
    process.stderr.write(`lookalike: ${stack ?? message}\n`);
    if (this.#tellingFault || this.#quitting !== 'no') return;
    this.#tellingFault = true;
    void tell(this.#window?.parent, 'warning', this.#t('fault.message'), message, this.#t('button.ok'))
      .catch(() => {})
      .finally(() => (this.#tellingFault = false));
  };

  /** Once Electron is ready. */
  start(): void {
    const { files, home, hidden } = this.#options;
    guardSession(session.defaultSession, this.#development);
    protocol.handle(scheme, responder(listFiles(files.renderer), this.#process.photo));
    this.#window = new MainWindow({
      preload: files.preload,
      stateFile: join(home, 'window.json'),
      icon: join(files.icons, 'window.png'),
      closing: (keepOpen) => this.#closing(keepOpen),
      pageCrashed: () =>
        void tell(this.#window.parent, 'warning', this.#t('window.crashed.message'), '', this.#t('button.ok')),
    });
    openBridge({
      isOurs: this.#window.isOurs,
      connect: (contents) => this.#connect(contents),
      pickFolder: () => pickFolder(this.#window.parent, this.#t),
      pickFile: (kind) => pickFile(this.#window.parent, this.#t, kind),
      openPage: (address) => (isOffline() ? Promise.resolve() : shell.openExternal(address)),
      updates: (action) => this.#doUpdates(action),
    });
    this.#updates = wireUpdates({
      root: files.root,
      folder: join(home, 'desktop'),
      offline: isOffline(),
      busy: () => this.#following.busy !== null,
      install: (place) => this.#install(place),
    });
    const think = () => {
      if (this.#updates instanceof Updates) void this.#updates.tick(this.#following.settings.updates);
    };
    setInterval(think, updatesHours * 3_600_000).unref();
    setTimeout(think, 60_000).unref(); // the start belongs to the person
    app.on('second-instance', () => this.show());
    app.on('activate', () => this.show());
    app.on('window-all-closed', () => {}); // closing is decided in one place
    app.on('before-quit', (event) => {
      if (this.#quitting === 'done') return;
      event.preventDefault();
      void this.#quit();
    });
    // Electron's types know this event without its argument.
    powerMonitor.on('shutdown', ((event: { preventDefault(): void }) => {
      event.preventDefault(); // the system waits a while for who saves
      app.quit();
    }) as () => void);
    this.#process.start();
    this.#refresh();
    if (hidden) this.#showTray();
    else this.#window.showWhenReady();
    void this.#window.load('');
  }

  show(): void {
    this.#window.show();
  }

  /** One end to the page, one to the application. A page that was loaded anew asks again. */
  #connect(contents: WebContents): void {
    contents.postMessage(channels.port, null, [this.#process.connect()]);
  }

  #closing(keepOpen: () => void): void {
    const busy = this.#following.busy;
    const what = onClose({
      quitting: this.#quitting === 'done',
      busy: busy !== null || this.#quitting === 'saving',
      setting: this.#quitting === 'saving' ? 'background' : this.#following.settings.closeWhileTraining,
      platform: process.platform,
    });
    if (what === 'close') return;
    keepOpen();
    if (what === 'hide') this.#hide();
    else if (what === 'quit') app.quit();
    else this.#ask(busy!.name).catch(this.tellFault);
  }

  async #ask(name: string): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const answer = askClosing(this.#window.parent, this.#t, name, this.#following.waiting);
    const { choice, remember } = await answer.finally(() => (this.#asking = false));
    if (choice === 'cancel') return;
    if (remember) this.#following.rememberClosing(choice);
    if (choice === 'background') this.#hide();
    else app.quit();
  }

  #hide(): void {
    this.#showTray();
    this.#window.hide();
  }

  #showTray(): void {
    this.#outside.showTray();
    this.#refresh();
  }

  #refresh(): void {
    this.#outside.show(this.#following, this.#speaks, this.#quitting !== 'no');
    this.#window.setProgress(progressOf(this.#following.runs.values()));
  }

  async #doUpdates(action: UpdateAction): Promise<UpdateState> {
    if (!(this.#updates instanceof Updates)) return { kind: 'off', why: this.#updates, lastCheck: null };
    const done = this.#updates.do(action);
    if (action === 'check') await done; // the others take long: the window asks how far they are
    return this.#updates.state;
  }

  #install(place: () => Promise<void>): Promise<void> {
    if (this.#quitting !== 'no') return Promise.resolve();
    this.#quitting = 'saving';
    this.#refresh();
    return installUpdate({
      busy: () => this.#following.allBusy,
      noteFile: this.#noteFile,
      save: () => this.#process.close(),
      place: () => {
        this.#quitting = 'done'; // macOS ends the program by itself
        return place();
      },
      end: () => this.#end(),
      goOn: (hasEnded) => {
        this.#quitting = 'no';
        this.#refresh();
        if (hasEnded) this.#process.start();
      },
    });
  }

  #notify(notice: Notice): void {
    if (this.#following.settings.notifications && !this.#window.focused) this.#notifications.show(notice, this.#speaks);
  }

  async #cannotStart(error: WireError): Promise<void> {
    this.show();
    const sentence = errorSentence(error, this.#speaks);
    if (error.code === 'damaged-database') {
      if (await askRepair(this.#window.parent, this.#t, sentence)) return this.#process.start(true);
    } else await tell(this.#window.parent, 'error', this.#t('start.message'), sentence, this.#t('button.quit'));
    this.#end();
  }

  async #crashed(complaint: string): Promise<void> {
    const now = performance.now();
    this.#crashes.push(now);
    await this.#broker.stopAll(orphanSeconds); // what they save is found when the next one starts
    if (this.#quitting !== 'no') return;
    if (afterCrash(this.#crashes, now) === 'give-up') {
      await tell(
        this.#window.parent,
        'error',
        this.#t('crash.giveUp.message'),
        this.#t('crash.giveUp.detail', { reason: complaint }),
        this.#t('button.quit'),
      );
      return this.#end();
    }
    this.#process.start();
    await tell(
      this.#window.parent,
      'warning',
      this.#t('crash.message'),
      this.#t('crash.detail', { reason: complaint }),
      this.#t('button.ok'),
    );
  }

  async #quit(): Promise<void> {
    if (this.#quitting !== 'no') return;
    this.#quitting = 'saving';
    if (this.#following.busy) this.#hide(); // the tray says that it is saving
    await this.#process.close();
    this.#end();
  }

  /** Nothing is left to save. */
  #end(): void {
    this.#quitting = 'done';
    this.#broker.killAll();
    this.#outside.close();
    app.quit();
  }
}
