/**
 * A double of the parts of Electron's main process that the shell uses, typed by Electron's own types. It keeps what
 * was asked of it and lets a test play the person, the page, the system and the utility processes. Nothing in it
 * decides: whether a page may open a window or send a message is the program's to say, and the test's to ask.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type * as Electron from 'electron';
import { UtilityDouble, SessionDouble, ContentsDouble, PortDouble } from './parts.ts';
import type { Part, Events } from './parts.ts';

export interface DoubleOptions {
  argv?: string[];
  /** Another program has the home already. */
  second?: boolean;
  displays?: { id: number; workArea: Electron.Rectangle }[];
  languages?: string[];
}

/** One Electron, with everything that happened in it. */
export function electronDouble({
  second = false,
  displays = [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
  languages = ['en-GB'],
}: DoubleOptions = {}) {
  const windows: WindowDouble[] = [];
  const utilities: UtilityDouble[] = [];
  const notifications: NotificationDouble[] = [];
  const trays: TrayDouble[] = [];
  const menus: Electron.MenuItemConstructorOptions[][] = [];
  const dialogs: { kind: 'message' | 'open'; options: Record<string, unknown>; answer(value: unknown): void }[] = [];
  const schemes: Electron.CustomScheme[] = [];
  const handlers = new Map<string, (request: Request) => Promise<Response> | Response>();
  const log = {
    sandboxed: false,
    paths: new Map<string, string>(),
    switches: new Map<string, string>(),
    quits: 0,
    exits: [] as number[],
    revealed: [] as string[],
    opened: [] as string[],
    awake: new Set<number>(),
  };
  const session = new SessionDouble();
  let becomeReady!: () => void;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    getVersion: () => '1.2.3',
    getPreferredSystemLanguages: () => languages,
    commandLine: {
      appendSwitch: (name: string, value = '') => void log.switches.set(name, value),
    } as unknown as Electron.CommandLine,
    setPath: (name: string, path: string) => void log.paths.set(name, path),
    setAppUserModelId: () => {},
    enableSandbox: () => void (log.sandboxed = true),
    requestSingleInstanceLock: () => !second,
    whenReady: () => ready,
    exit: (code = 0) => void log.exits.push(code),
    /** As Electron: asks `before-quit`, then every window, and ends when none objects. */
    quit: () => {
      let prevented = false;
      app.emit('before-quit', { preventDefault: () => (prevented = true) });
      if (!prevented && windows.every((window) => window.closes())) log.quits++;
    },
  } satisfies Partial<Part<Electron.App, Exclude<keyof Electron.App, Events>>>);

  class WindowDouble extends EventEmitter {
    readonly options: Electron.BrowserWindowConstructorOptions;
    readonly webContents = new ContentsDouble();
    readonly loaded: string[] = [];
    visible = false;
    focusedNow = false;
    maximized = false;
    progress = -1;
    bounds: Electron.Rectangle;
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      super();
      this.options = options;
      this.bounds = { x: options.x ?? 100, y: options.y ?? 100, width: options.width!, height: options.height! };
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
    loadURL = async (url: string) => {
      this.loaded.push(url);
      this.webContents.mainFrame.url = url;
    };
    show = () => void ((this.visible = true), this.emit('show'));
    focus = () => void (this.focusedNow = true);
    hide = () => void ((this.visible = false), (this.focusedNow = false));
    isFocused = () => this.focusedNow;
    isMinimized = () => false;
    restore = () => {};
    maximize = () => void (this.maximized = true);
    isMaximized = () => this.maximized;
    getNormalBounds = () => this.bounds;
    setProgressBar = (progress: number) => void (this.progress = progress);
    /** The person closes it; whether it goes. */
    closes = (): boolean => {
      let prevented = false;
      this.emit('close', { preventDefault: () => (prevented = true) });
      return !prevented;
    };
  }
  class NotificationDouble extends EventEmitter {
    static isSupported = () => true;
    readonly options: Electron.NotificationConstructorOptions;
    constructor(options: Electron.NotificationConstructorOptions) {
      super();
      this.options = options;
    }
    show = () => void notifications.push(this);
  }
  class TrayDouble extends EventEmitter {
    tooltip = '';
    menu: Electron.MenuItemConstructorOptions[] = [];
    destroyed = false;
    readonly image: string;
    constructor(image: string) {
      super();
      this.image = image;
      trays.push(this);
    }
    setToolTip = (text: string) => void (this.tooltip = text);
    setContextMenu = (menu: { template: Electron.MenuItemConstructorOptions[] }) => void (this.menu = menu.template);
    destroy = () => void (this.destroyed = true);
  }
  const asked = (kind: 'message' | 'open') => (_parent: unknown, options: Record<string, unknown>) =>
    new Promise((resolve) => dialogs.push({ kind, options, answer: resolve }));
  const ipcMain = Object.assign(new EventEmitter(), {
    invocable: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
    handle(channel: string, handler: (event: never, ...args: never[]) => unknown) {
      ipcMain.invocable.set(channel, handler as never);
    },
  });
  let nextBlocker = 1;

  /** What the program imports. */
  const electron = {
    app,
    BrowserWindow: WindowDouble,
    dialog: { showMessageBox: asked('message'), showOpenDialog: asked('open') },
    ipcMain,
    Menu: {
      buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }),
      setApplicationMenu: ({ template }: { template: Electron.MenuItemConstructorOptions[] }) =>
        void menus.push(template),
    },
    MessageChannelMain: class {
      readonly port1: PortDouble;
      readonly port2: PortDouble;
      constructor() {
        const { port1, port2 } = new MessageChannel();
        this.port1 = new PortDouble(port1);
        this.port2 = new PortDouble(port2);
      }
    },
    nativeImage: { createFromPath: (path: string) => path },
    nativeTheme: { themeSource: 'system', shouldUseDarkColors: false },
    Notification: NotificationDouble,
    powerMonitor: new EventEmitter(),
    powerSaveBlocker: {
      start: () => (log.awake.add(nextBlocker), nextBlocker++),
      stop: (id: number) => log.awake.delete(id),
    },
    protocol: {
      registerSchemesAsPrivileged: (list: Electron.CustomScheme[]) => void schemes.push(...list),
      handle: (name: string, handler: (request: Request) => Promise<Response> | Response) =>
        void handlers.set(name, handler),
    } satisfies Partial<Electron.Protocol>,
    screen: { getPrimaryDisplay: () => displays[0]!, getAllDisplays: () => displays },
    session: { defaultSession: session },
    shell: {
      showItemInFolder: (path: string) => void log.revealed.push(path),
      openExternal: (address: string) => Promise.resolve(void log.opened.push(address)),
    } satisfies Partial<Electron.Shell>,
    Tray: TrayDouble,
    utilityProcess: {
      fork: (entry: string, args: readonly string[], options: Electron.ForkOptions) => {
        const utility = new UtilityDouble(entry, args, options);
        utilities.push(utility);
        return utility;
      },
    },
  };
  return {
    electron,
    app,
    session,
    ipcMain,
    windows,
    utilities,
    notifications,
    trays,
    menus,
    dialogs,
    schemes,
    log,
    becomeReady,
    /** The page asks for an address below app://. */
    fetch: async (url: string, method = 'GET'): Promise<Response> =>
      await handlers.get('app')!({ url, method } as Request),
  };
}
export type ElectronDouble = ReturnType<typeof electronDouble>;
