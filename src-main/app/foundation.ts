/**
 * What every part of the application stands on: the home and its lock, the history and its copies, the processes that
 * decode and compute. It is opened before the parts (parts.ts) and closed after them.
 */
import { availableParallelism } from 'node:os';
import type { Stop } from '../../shared/closers.ts';
import { toWireError } from '../../shared/contract.ts';
import { isFullDisk, openStore } from '../db/index.ts';
import type { Store } from '../db/index.ts';
import { ImagePool } from '../images/index.ts';
import { keepCompiled } from './compiled.ts';
import { forkLauncher } from './compute/launch.ts';
import { Quiet } from './compute/quiet.ts';
import { Spare } from './compute/spare.ts';
import type { AppContext } from './context.ts';
import { AppEvents } from './events.ts';
import { keepPrivate, openHome } from './home.ts';
import type { HomePaths } from './home.ts';
import { ofHome } from './homeFailure.ts';
import { Leases } from './leases.ts';
import { isWindowed } from './options.ts';
import type { AppOptions } from './options.ts';
import { reconcile } from './runs/reconcile.ts';
import { TeacherLooks } from './runs/teacherLooks.ts';
import { clearCache } from './storage.ts';
import { Tasks } from './tasks.ts';

const HOUR = 3_600_000;

/**
 * @param closing aborted when the application closes
 * @param stops takes the stop of each thing once that is open
 * @throws StorageError (home unwritable, full disk, damaged or newer database), AppError home-in-use
 */
export async function openFoundation(options: AppOptions, closing: AbortSignal, stops: Stop[]): Promise<AppContext> {
  const { paths, lock } = openHome(options.home);
  stops.push(() => lock.release());
  keepCompiled(paths);
  const leases = new Leases();
  const store = await openHistory(paths);
  keepPrivate(paths.database); // one that is new
  stops.push(() => store.close());
  await reconcile({ store, paths, leases });
  const events = new AppEvents();
  stops.push(keepCopies(store, events));
  // one core is left to the window and to this process, which would stutter while tens of thousands are scanned
  const workers = Math.max(1, availableParallelism() - 1);
  const pool = new ImagePool({ isolation: options.imageIsolation ?? 'process', workers });
  stops.push(() => pool.close());
  const spare = new Spare(options.launch ?? forkLauncher());
  stops.push(() => spare.close());
  return {
    paths,
    store,
    events,
    pool,
    host: options.host,
    launch: spare.launch,
    getReady: () => {
      if (isWindowed(options.host)) spare.prepare();
    },
    tasks: new Tasks(events, closing, (error) => ofHome(error, paths.home)),
    leases,
    quiet: new Quiet(),
    teachers: new TeacherLooks(),
    closing,
  };
}

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

/** Copies the history now and every hour, as a window may stay open for weeks. The stop waits for the last copy. */
function keepCopies(store: Store, events: AppEvents): Stop {
  const tellDamage = (error: unknown) => {
    if ((error as { code?: unknown }).code === 'damaged-database')
      events.emit({ name: 'fault', error: toWireError(error) });
  };
  let copy: Promise<unknown>;
  const backUp = () => (copy = store.backUp().catch(tellDamage)); // a full disk: later
  void backUp();
  const timer = setInterval(backUp, HOUR).unref();
  return () => (clearInterval(timer), copy);
}
