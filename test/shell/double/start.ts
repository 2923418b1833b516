/** Runs main.ts whole against a fresh double of Electron, with a home and a built window of the test's own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type * as FileSystem from 'node:fs';
import type * as FilePromises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { serve } from '../../../shared/client.ts';
import { Settings } from '../../../shared/contract.ts';
import type { AppEvent, RunSummary } from '../../../shared/contract.ts';
import { portTransport } from '../../../shared/transport.ts';
import type { PortLike } from '../../../shared/transport.ts';
import { electronDouble } from './electron.ts';
import type { DoubleOptions, ElectronDouble } from './electron.ts';
import type { UtilityDouble } from './parts.ts';

export interface StartedShell extends ElectronDouble {
  home: string;
  /** The application process the shell started last. */
  appProcess(): UtilityDouble;
  /** Plays the application: ready, with these runs and settings. Gives what sends events and what was called. */
  serveApp(
    runs?: RunSummary[],
    settings?: Partial<Settings>,
  ): Promise<{ emit(event: AppEvent): Promise<void>; calls: { method: string; params: unknown }[] }>;
}

/** Lets messages between ports arrive. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => setImmediate(resolve));
};

const started: (() => void)[] = [];

/** What a shell hears of faults until the end of the test: those of the next one are not its own. */
function faultListeners(): () => void {
  const kinds = ['uncaughtException', 'unhandledRejection'] as const;
  const before = kinds.map((kind) => process.rawListeners(kind));
  return () => {
    for (const [i, kind] of kinds.entries())
      for (const listener of process.rawListeners(kind))
        if (!before[i]!.includes(listener)) process.off(kind, listener as () => void);
  };
}

/** Ends what a test started, and its doubles. */
export function stopAll(): void {
  for (const stop of started.splice(0)) stop();
  vi.doUnmock('electron');
  vi.doUnmock('node:fs');
  vi.doUnmock('node:fs/promises');
}

export interface StartOptions extends DoubleOptions {
  home?: string;
  /** 'double': a few files of the test's own in place of the built window. */
  renderer?: 'double' | 'built';
}

export async function startShell({
  argv = [],
  home,
  renderer: files = 'double',
  ...options
}: StartOptions = {}): Promise<StartedShell> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'lookalike-shell-'));
  const double = electronDouble(options);
  const before = process.argv;
  process.argv = ['/opt/lookalike', '--home', folder, ...argv];
  vi.resetModules();
  vi.doMock('electron', () => double.electron);
  // The window's files are a build's product; most tests have their own few.
  if (files === 'double') {
    vi.doMock('node:fs', async (original) => {
      const fs = await original<typeof FileSystem>();
      const renderer = join(folder, 'renderer');
      mkdirSync(join(renderer, 'assets'), { recursive: true });
      writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Lookalike</title>');
      writeFileSync(join(renderer, 'assets/main.js'), 'export {};');
      const elsewhere = (path: string) => path.replace(/^.*[/\\]dist[/\\]renderer/, renderer);
      return {
        ...fs,
        readdirSync: (path: string, how: object) => fs.readdirSync(elsewhere(path), how as { withFileTypes: true }),
      };
    });
    vi.doMock('node:fs/promises', async (original) => {
      const fs = await original<typeof FilePromises>();
      return {
        ...fs,
        readFile: (path: string) => fs.readFile(path.replace(/^.*[/\\]dist[/\\]renderer/, join(folder, 'renderer'))),
      };
    });
  }
  double.becomeReady();
  started.push(faultListeners());
  try {
    await import('../../../src-main/electron/main.ts');
  } finally {
    process.argv = before;
  }
  await settle();
  const ports: { close(): void }[] = [];
  started.push(() => {
    for (const port of ports) port.close();
    if (!home) rmSync(folder, { recursive: true, force: true });
  });
  const appProcess = () => double.utilities.filter(({ entry }) => /app[/\\]main\.[jt]s$/.test(entry)).at(-1)!;
  return {
    ...double,
    home: folder,
    appProcess,
    async serveApp(runs = [], settings = {}) {
      const child = appProcess();
      const listeners = new Set<(event: AppEvent) => void>();
      const calls: { method: string; params: unknown }[] = [];
      child.say({ type: 'ready' });
      for (const { message, ports: given } of child.received) {
        if (message.type !== 'client') continue;
        ports.push(given[0]!);
        serve(portTransport(given[0] as unknown as PortLike), {
          handle: async (method, params) => {
            calls.push({ method, params });
            return method === 'runs.list' ? runs : Settings.parse(settings);
          },
          onEvent: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
        });
      }
      await settle();
      return {
        calls,
        emit: async (event) => {
          for (const listener of listeners) listener(event);
          await settle();
        },
      };
    },
  };
}

export const run = (changes: Partial<RunSummary> = {}): RunSummary => ({
  id: 'run1',
  name: 'Holiday',
  color: '#0072b2',
  notes: '',
  state: 'running',
  datasetId: 'd1',
  datasetName: 'Photos',
  method: 'simsiam',
  baselines: null,
  epoch: 3,
  epochs: 10,
  plannedEpochs: null,
  step: 30,
  steps: 100,
  startedAt: 1,
  endedAt: null,
  createdAt: 1,
  trainingSeconds: 10,
  etaSeconds: 20,
  imagesPerSecond: 50,
  loss: -0.5,
  knn: null,
  bestKnn: null,
  agreement: null,
  judgement: null,
  error: null,
  diskBytes: 0,
  activity: null,
  sparkline: [],
  ...changes,
});

export const contents = (shell: StartedShell) => shell.windows[0]!.webContents;

/** An event of the page of the shell's own window. */
export const own = (shell: StartedShell) => ({
  sender: contents(shell),
  senderFrame: { url: 'app://lookalike/#/runs', parent: null },
});
