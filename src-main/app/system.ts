/** Settings, the host's abilities and the doctor's report. */
import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import sharp from 'sharp';
import type { AppHandlers, deviceCalls, Doctor, systemCalls } from '../../shared/contract.ts';
import { isOffered } from '../../shared/devices.ts';
import type { BrowserAccess } from './browsers.ts';
import type { AppContext } from './context.ts';
import type { Devices } from './devices/index.ts';
import { AppError } from './errors.ts';

export type SystemHandlers = Pick<AppHandlers, keyof typeof systemCalls | keyof typeof deviceCalls>;

/**
 * @param access the browsers that may open the window
 * @param training whether a run trains: a self-test beside it would disturb both
 */
export function systemHandlers(
  context: AppContext,
  devices: Devices,
  access: BrowserAccess,
  training: () => boolean,
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
    'system.host': () => ({
      kind: host.kind,
      canReveal: host.reveal !== undefined,
      canPickFolder: host.canPickFolder ?? false,
      version: host.version,
    }),
    'system.devices': () => devices.list(),
    'system.testDevices': ({ provider, again }) => {
      if (training()) throw new AppError('wrong-state.training');
      return devices.test(again, provider === null ? undefined : [provider]);
    },
    'system.doctor': async (how) => {
      const free = await freeBytes(context.paths.home);
      const testing = how !== null && !training();
      const { devices: found, auto } = await (testing ? devices.test(how.retest) : devices.list());
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
  const check = async (name: string, remedy: string, work: () => Promise<string | null> | string | null) => {
    try {
      const detail = await work();
      out.push({ name, ok: true, detail: detail ?? 'fine', remedy: null });
    } catch (error) {
      out.push({ name, ok: false, detail: (error as Error).message, remedy });
    }
  };
  const must = (ok: boolean, detail: string) => {
    if (!ok) throw new Error(detail);
    return detail;
  };
  await check('home folder', 'choose another with --home or LOOKALIKE_HOME', async () => {
    await access(context.paths.home, constants.W_OK);
    return context.paths.home;
  });
  await check('disk', 'free some space: a run keeps several gigabytes of checkpoints', () =>
    must(free > 2e9, `${gigabytes(free)} free`),
  );
  await check('memory', 'close other programs, or train with a smaller batch', () =>
    must(freemem() > 1e9, `${gigabytes(freemem())} of ${gigabytes(totalmem())} free`),
  );
  await check(
    'history',
    'move lookalike.db away, or put a backup in its place',
    () => `${context.store.runs.all().length} runs, ${context.store.datasets.all().length} folders`,
  );
  await check('photo decoder', 'run npm ci again: the package sharp has no program for this machine', async () => {
    const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const { width, height } = await context.pool.probe({ name: 'self-test.png', bytes }, 16);
    return must(width === 16 && height === 16, `decoded ${width} x ${height}`);
  });
  await check('computing device', 'run npm ci again: onnxruntime-node has no program for this machine', () =>
    must(
      devices.some(isOffered),
      devices
        .filter(isOffered)
        .map(({ provider, name }) => `${provider} (${name})`)
        .join(', ') || 'none works',
    ),
  );
  return out;
}
