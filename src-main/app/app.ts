/**
 * The application: the use cases behind every host, and the only writer of the database. `createApp` opens a home,
 * brings files and rows in line, and answers the calls of the contract.
 */
import { availableParallelism } from 'node:os';
import { toWireError } from '../../shared/contract.ts';
import type { AppEvent, AppHandlers, AppMethod, AppParams, AppResult } from '../../shared/contract.ts';
import type { Served } from '../../shared/client.ts';
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import { isFullDisk, openStore, storageError } from '../db/index.ts';
import type { Store } from '../db/index.ts';
import { ImagePool } from '../images/index.ts';
import { answer } from './answer.ts';
import type { InTurn } from './answer.ts';
import { Begun } from './begun.ts';
import { BrowserAccess } from './browsers.ts';
import { clusterHandlers } from './cluster.ts';
import { AppError } from './errors.ts';
import { AppEvents } from './events.ts';
import { keepCompiled } from './compiled.ts';
import { openHome, keepPrivate } from './home.ts';
import { ofHome } from './homeFailure.ts';
import type { HomePaths } from './home.ts';
import { Devices } from './devices/index.ts';
import type { DeviceOptions } from './devices/index.ts';
import { frozenHandlers } from './frozen.ts';
import { weightHandlers } from './weights/handlers.ts';
import { evaluateHandlers } from './evaluate.ts';
import { duplicateHandlers } from './duplicates/handlers.ts';
import { exploreHandlers } from './explore/handlers.ts';
import { EmbeddingSets } from './explore/sets.ts';
import { exportHandlers } from './exports.ts';
import { forkLauncher } from './compute/launch.ts';
import { Spare } from './compute/spare.ts';
import { Quiet } from './compute/quiet.ts';
import type { Launcher } from './compute/launch.ts';
import type { ComputeOptions } from './compute/process.ts';
import type { AppContext, Host } from './context.ts';
import { labHandlers } from './lab/handlers.ts';
import { clearImports } from './library/csvImport.ts';
import { libraryHandlers } from './library/handlers.ts';
import { Library } from './library/library.ts';
import { watchFolders } from './library/watching.ts';
import { RunDescriber } from './runs/describe.ts';
import { runHandlers } from './runs/handlers.ts';
import { TeacherLooks } from './runs/teacherLooks.ts';
import { reconcile } from './runs/reconcile.ts';
import { RunRecords } from './runs/records.ts';
import { Supervisor } from './runs/supervisor.ts';
import { clearCache } from './storage.ts';
import { systemHandlers } from './system.ts';
import { tagHandlers } from './tags/handlers.ts';
import { Leases } from './leases.ts';
import { Tasks } from './tasks.ts';
import { takeTurn } from './turn.ts';
import { lists, Turns } from './turns.ts';

export interface AppOptions {
  home: string;
  host: Host;
  /** How compute processes are started; default: forked. */
  launch?: Launcher;
  /** 'thread' where the host cannot fork. */
  imageIsolation?: 'process' | 'thread';
  /** For tests: how long a silent compute process is waited for. */
  compute?: ComputeOptions;
  /** For tests: what devices there are, and how long their self-test may take. */
  devices?: DeviceOptions;
  /** For tests: up to so many photos the neighbour graph is made inside a call. */
  quickGraph?: number;
  /** A run that finishes is embedded by itself; default: where there is a window. */
  embedsFinished?: boolean;
  /** Answers are checked against their schemas too: for tests. */
  checkResults?: boolean;
}

export interface App extends Served {
  handle<M extends AppMethod>(
    method: M,
    params: AppParams<M>,
    context?: { signal?: AbortSignal },
  ): Promise<AppResult<M>>;
  handle(method: string, params: unknown, context?: { signal?: AbortSignal }): Promise<unknown>;
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Which browsers may open the window, for the host that serves it. */
  access: BrowserAccess;
  /** What failed and was waited for by nobody is written down and told to every window; it ends nothing. */
  tellFault(this: void, error: unknown): void;
  /** WebP of a photo, at most about `size` px on its longer side; null: no such photo, or unreadable. */
  image(imageId: string, size: number, run?: string | null): Promise<{ bytes: Uint8Array; type: string } | null>;
  /** Trainings are saved and stopped, everything is put away and the home is free. */
  close(): Promise<void>;
}

const neverAborted = new AbortController().signal;
const HOUR = 3_600_000;

/**
 * That of an earlier version is copied before it is brought up to date; where the disk has no room for that, the cache
 * of photos goes, which can be made again.
 * @throws StorageError
 */
async function openHistory(paths: HomePaths): Promise<Store> {
  try {
    return openStore(paths.database);
  } catch (error) {
    if (!isFullDisk(error) || (await clearCache({ paths })) === 0) throw error;
    return openStore(paths.database);
  }
}

/**
 * @throws StorageError (home unwritable, full disk, damaged or newer database), AppError home-in-use
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { paths, lock } = openHome(options.home);
  keepCompiled(paths);
  const closing = new AbortController();
  const stops: Stop[] = [() => lock.release()];
  const leases = new Leases();
  try {
    const store = await openHistory(paths);
    keepPrivate(paths.database); // one that is new
    stops.push(() => store.close());
    await reconcile({ store, paths, leases });
    const events = new AppEvents();
    const tellDamage = (error: unknown) => {
      if ((error as { code?: unknown }).code === 'damaged-database')
        events.emit({ name: 'fault', error: toWireError(error) });
    };
    let backup: Promise<unknown>;
    const backUp = () => (backup = store.backUp().catch(tellDamage)); // a full disk: later
    void backUp();
    const copies = setInterval(backUp, HOUR).unref(); // a window may stay open for weeks
    stops.push(() => (clearInterval(copies), backup));
    // one core is left to the window and to this process, which would stutter while tens of thousands are scanned
    const workers = Math.max(1, availableParallelism() - 1);
    const pool = new ImagePool({ isolation: options.imageIsolation ?? 'process', workers });
    stops.push(() => pool.close());
    const spare = new Spare(options.launch ?? forkLauncher());
    stops.push(() => spare.close());
    const isWindowed = options.host.kind === 'electron' || options.host.kind === 'server';
    const context: AppContext = {
      paths,
      store,
      events,
      pool,
      host: options.host,
      launch: spare.launch,
      getReady: () => {
        if (isWindowed) spare.prepare();
      },
      tasks: new Tasks(events, closing.signal, (error) => ofHome(error, paths.home)),
      leases,
      quiet: new Quiet(),
      teachers: new TeacherLooks(),
      closing: closing.signal,
    };
    const access = new BrowserAccess(store);
    const records = new RunRecords(context);
    void records.writeAll();
    stops.push(() => records.close());
    const library = new Library(context);
    stops.push(() => library.close());
    const describer = new RunDescriber(context);
    const devices = new Devices(context, options.devices);
    stops.push(() => devices.idle());
    const supervisor = new Supervisor(context, library, describer, devices, options.compute);
    const runs = runHandlers(context, library, describer, supervisor, devices);
    const sets = new EmbeddingSets(context, library, devices, options.quickGraph);
    if (options.embedsFinished ?? isWindowed) supervisor.onFinished = (runId) => sets.embedFinished(runId);
    const explore = exploreHandlers(context, sets);
    const evaluate = evaluateHandlers(context, library, sets);
    const lab = labHandlers(context, { library, supervisor, devices, runs: runs.handlers, evaluate });
    stops.push(
      () => runs.close(),
      () => explore.close(),
      () => context.tasks.idle(),
      () => lab.idle(),
      () => supervisor.close(),
    );
    const handlers: AppHandlers = {
      ...libraryHandlers(context, library, async (folder) => {
        pool.wake();
        context.getReady();
        const { renderSampleSet } = await import('./sample/render.ts');
        await renderSampleSet(folder);
      }),
      ...runs.handlers,
      ...explore.handlers,
      ...duplicateHandlers(context, library, sets),
      ...evaluate,
      ...lab.handlers,
      ...tagHandlers(context, library),
      ...exportHandlers(context, library, sets),
      ...clusterHandlers(context, library, describer, sets),
      ...frozenHandlers(context, library, describer, sets),
      ...weightHandlers(context),
      ...systemHandlers(
        context,
        devices,
        access,
        () => supervisor.busy,
        () => {
          for (const { id, parent } of store.datasets.all()) if (parent === null) library.announce(id); // and its collections
          for (const run of store.runs.all()) if (!run.deletedAt) describer.announce(run.id);
        },
      ),
    };

    // A command line opens the home for a moment; it continues what it is told to.
    if (options.host.kind !== 'cli') {
      lab.wakeAll();
      supervisor.goOn();
    }
    // so do tests, which change folders and read them when they want to
    if (isWindowed) {
      clearImports(context, library);
      stops.push(watchFolders(context, library).stop);
    }

    const turns = new Turns();
    const begun = new Begun({
      task: (id) => context.tasks.list().find((task) => task.id === id),
      experiment: (id) => store.lab.get(id) && handlers['lab.get']({ experimentId: id }, { signal: neverAborted }),
    });
    let closed: Promise<void> | null = null;
    const close = async () => {
      closing.abort();
      const turn = takeTurn(paths, 200); // a command looks at it for a moment
      await stopAll(stops).finally(() => turn?.release());
    };
    return {
      handle: (async (method: string, params: unknown, { signal = neverAborted }: { signal?: AbortSignal } = {}) => {
        if (closed) throw new AppError('not-available.closing');
        const inTurn: InTurn = (name, asked, work) =>
          lists.has(name)
            ? turns.take(`${name} ${JSON.stringify(asked)}`, () => {
                if (closed) throw new AppError('not-available.closing');
                return work();
              })
            : begun.once(name, asked, work);
        return answer(paths.home, handlers, method, params, { signal, inTurn, check: options.checkResults ?? false });
      }) as App['handle'],
      onEvent: (listener) => events.on(listener),
      access,
      tellFault: (error) => {
        process.stderr.write(`lookalike: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        events.emit({ name: 'fault', error: toWireError(storageError(error, paths.home)) });
      },
      image: (imageId, size, run) => library.photos.thumbnail(imageId, size, run),
      close: () => (closed ??= close()),
    };
  } catch (error) {
    await stopAll(stops).catch(() => {}); // why it cannot open says more
    throw error;
  }
}
