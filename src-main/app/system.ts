/** Settings, the host's abilities and the doctor's report. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import sharp from 'sharp';
import type { AppHandlers, deviceCalls, Doctor, systemCalls } from '../../shared/contract.ts';
import type { ErrorValue } from '../../shared/contract.ts';
import { deviceNames, isOffered } from '../../shared/devices.ts';
import { StorageError, storageError } from '../db/index.ts';
import { isOffline } from '../files/index.ts';
import type { BrowserAccess } from './browsers.ts';
import { reasonOf } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import type { AppContext } from './context.ts';
import type { Devices } from './devices/index.ts';
import { AppError } from './errors.ts';
import { tryWriting } from './home.ts';
import { ofHome } from './homeFailure.ts';
import { lostRuns, recoverRuns } from './recover.ts';
import { clearCache, storageUse } from './storage.ts';

export type SystemHandlers = Pick<AppHandlers, keyof typeof systemCalls | keyof typeof deviceCalls>;

/**
 * @param access the browsers that may open the window
 * @param training whether a run trains: a self-test beside it would disturb both
 * @param onRecovered runs are in the history again
 */
export function systemHandlers(
  context: AppContext,
  devices: Devices,
  access: BrowserAccess,
  training: () => boolean,
  onRecovered: () => void,
): SystemHandlers {
  const { store, events, host } = context;
  return {
    'system.settings': () => store.settings.get(),
    'system.setSettings': (patch) => {
      const settings = store.settings.set(patch);
      events.emit({ name: 'settings', settings });
      return settings;
    },
    'system.browsers': () => access.list(),
    'system.revokeBrowsers': ({ browserIds }) => {
      access.revoke(browserIds);
      return null;
    },
    'system.lostRuns': async () => (await lostRuns(context)).length,
    'system.recover': async () => {
      const found = await recoverRuns(context);
      onRecovered();
      return { ...found, aside: null };
    },
    'system.storage': () => storageUse(context),
    'system.clearCache': async () => {
      if (training() || context.tasks.list().some(({ state }) => state === 'running'))
        throw new AppError('wrong-state.cache-used');
      return { bytes: await clearCache(context) };
    },
    'system.host': () => ({
      kind: host.kind,
      canReveal: host.reveal !== undefined,
      canPickFolder: host.canPickFolder ?? false,
      version: host.version,
      offline: isOffline(),
    }),
    'system.devices': () => devices.list(),
    'system.testDevices': ({ provider, again }) => {
      if (training()) throw new AppError('wrong-state.training');
      return devices.test(again, provider === null ? undefined : [provider]);
    },
    'system.doctor': async (how) => {
      const free = await freeBytes(context.paths.home);
      const testing = how !== null && !training();
      // a home that cannot be written keeps no outcome of a test: the checks say why, and the rest is told all the same
      const { devices: found, auto } = await (testing ? devices.test(how.retest) : devices.list()).catch(
        (error: unknown) => {
          if (ofHome(error, context.paths.home) instanceof StorageError) return devices.list();
          throw error;
        },
      );
      return {
        version: host.version,
        platform: `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
        node: process.version,
        home: context.paths.home,
        homeFreeBytes: free,
        memoryBytes: totalmem(),
        cores: availableParallelism(),
        checks: await checks(context, free, found),
        devices: found,
        auto,
      };
    },
  };
}

/** Free disk space where `folder` is, bytes. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

async function checks(context: AppContext, free: number, devices: Doctor['devices']): Promise<Doctor['checks']> {
  const out: Doctor['checks'] = [];
  type Check = 'home' | 'disk' | 'memory' | 'history' | 'decoder' | 'device';
  /** `work` says what it found, and whether that is well. */
  const check = async (of: Check, work: () => Promise<[boolean, ErrorValue]> | [boolean, ErrorValue]) => {
    const [ok, detail] = await Promise.try(work).catch((error: unknown) => [false, reasonOf(error)] as const);
    const remedy = ok ? null : reason(`check.${of}.remedy`);
    const said = { name: reason(`check.${of}`), detail, remedy };
    const english = (value: ErrorValue) => sentenceOf(value, 'en');
    out.push({ name: english(said.name), ok, detail: english(detail), remedy: remedy && english(remedy), said });
  };
  await check('home', () => {
    const { home } = context.paths;
    try {
      tryWriting(home);
    } catch (error) {
      throw storageError(error, home);
    }
    return [true, home];
  });
  await check('disk', () => [free > 2e9, reason('check.disk.free', { free: gigabytes(free) })]);
  await check('memory', () => [
    freemem() > 1e9,
    reason('check.memory.free', { free: gigabytes(freemem()), total: gigabytes(totalmem()) }),
  ]);
  await check('history', async () => {
    const { runs, datasets } = context.store;
    if (!context.store.isWhole()) return [false, reason('check.history.damaged')];
    const count = (await lostRuns(context)).length;
    if (count > 0) return [false, reason('check.history.lost', { count })];
    const holds = {
      runs: reason('check.history.runs', { count: runs.all().filter(({ deletedAt }) => deletedAt === null).length }),
      folders: reason('check.history.folders', { count: datasets.all().length }),
    };
    return [true, reason('check.history.holds', holds)];
  });
  await check('decoder', async () => {
    const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const { width, height } = await context.pool.probe({ name: 'self-test.png', bytes }, 16);
    return [width === 16 && height === 16, reason('check.decoder.decoded', { width, height })];
  });
  await check('device', () => {
    const offered = devices.filter(isOffered).map(({ provider, name }) => `${deviceNames[provider]} (${name})`);
    return offered.length > 0 ? [true, offered.join(', ')] : [false, reason('check.device.none')];
  });
  return out;
}
