/** The calls about runs: planning, starting, steering, and what they measured. */
import type { ConfigPatch } from '../../../shared/config.ts';
import type { AppHandlers, runCalls } from '../../../shared/contract.ts';
import { nameOf, numbered } from '../../../shared/naming.ts';
import { isUnderWay } from '../../../shared/underWay.ts';
import { isFullDisk } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Devices } from '../devices/index.ts';
import type { Library } from '../library/library.ts';
import { gathered, unhurried } from '../unhurried.ts';
import type { RunDescriber } from './describe.ts';
import { freshColor, freshId } from './fresh.ts';
import { trainingPhotos } from './trainingPhotos.ts';
import { typicalSide } from './typicalSide.ts';
import { photosUsed } from './part.ts';
import { planFor, prepareDevices, refusalError } from './plan.ts';
import { assertRemovable, removeRunFiles } from './reconcile.ts';
import type { Supervisor } from './supervisor.ts';
import { assertGoesOn, newestResumable } from './trainJob.ts';

export type RunHandlers = Pick<AppHandlers, keyof typeof runCalls>;

/** How long a deleted run can be taken back. */
const undoSeconds = 30;

export interface RunsApi {
  handlers: RunHandlers;
  close(): Promise<void>;
}

export function runHandlers(
  context: AppContext,
  library: Library,
  describer: RunDescriber,
  supervisor: Supervisor,
  devices: Devices,
): RunsApi {
  const { store, events, paths, leases } = context;
  /** By run: until when it can be taken back. */
  const deletions = new Map<string, { timer: NodeJS.Timeout; until: number }>();

  const photosOf = async (datasetId: string): Promise<Parameters<typeof planFor>[2]> => {
    const photos = await trainingPhotos(context, library, datasetId);
    const sizes = await unhurried(gathered(store.images.sizes(datasetId)));
    return {
      images: photos.count,
      side: await typicalSide(context, library, photos),
      sizes,
      dataset: library.dataset(datasetId),
    };
  };

  const removeForGood = async (runId: string) => {
    clearTimeout(deletions.get(runId)?.timer);
    deletions.delete(runId);
    if (store.runs.get(runId)?.deletedAt === null) return;
    await leases.free('run', runId);
    try {
      await removeRunFiles(paths, runId); // files first: a start finishes what is cut off between the two
      store.runs.remove(runId);
    } catch {
      // another program has one of them open, or the disk is full: the next start finds the row and goes on
    }
  };

  /** @throws AppError wrong-state where the run uses a network as it is */
  const trained = (runId: string) => {
    const row = describer.row(runId);
    if (row.encoder) throw new AppError('wrong-state.frozen', { name: nameOf(row) });
    return row;
  };

  const handlers: RunHandlers = {
    'runs.list': () => describer.summaries(store.runs.all().filter((row) => !row.deletedAt)),
    'runs.get': ({ runId }) => describer.whole(describer.row(runId)),
    'runs.plan': async ({ datasetId, preset, patch, ready }) => {
      if (!supervisor.busy) context.getReady();
      const photos = await photosOf(datasetId);
      if (ready && !supervisor.busy) await prepareDevices(context, devices, patch as ConfigPatch);
      return planFor(context, devices, photos, preset, patch as ConfigPatch);
    },
    'runs.create': async ({ datasetId, name, preset, patch, clonedFrom }) => {
      const photos = await photosOf(datasetId);
      // Beside a training nothing is tested: a run that waits is given its device when its turn comes.
      if (!supervisor.busy) await prepareDevices(context, devices, patch as ConfigPatch);
      const plan = await planFor(context, devices, photos, preset, patch as ConfigPatch);
      const refusal = refusalError(plan);
      if (refusal) throw refusal;
      const id = freshId(store);
      const dataset = library.dataset(datasetId);
      const number = store.runs.all().filter((run) => run.datasetId === datasetId).length + 1;
      store.runs.insert({
        id,
        ...(name === null ? numbered(dataset, number) : { name, naming: null }),
        color: freshColor(store),
        state: 'queued',
        datasetId,
        preset,
        config: plan.config,
        clonedFrom,
        createdAt: Date.now(),
        epochs: plan.estimate.epochs,
        images: photosUsed(plan.config, photos.images),
      });
      supervisor.enqueue(id);
      return describer.whole(describer.row(id));
    },
    'runs.pause': ({ runId }) => {
      describer.row(runId);
      supervisor.pause(runId);
      return null;
    },
    'runs.resume': async ({ runId, device }) => {
      if (device !== undefined) {
        const { state: now } = describer.row(runId);
        if (isUnderWay(now)) throw new AppError('wrong-state.device', { state: now });
        await devices.allow(device, supervisor.busy);
      }
      const { state, config, device: before } = trained(runId);
      if (supervisor.resume(runId)) return null;
      if (state === 'finished') throw new AppError('wrong-state.finished');
      assertGoesOn(context, runId);
      if (device !== undefined) {
        const named = device === 'auto' ? null : device;
        // what one device was told to do is not what another can
        const viewsBy = device !== before && config.viewsBy === 'device' ? 'auto' : config.viewsBy;
        store.runs.update(runId, { config: { ...config, device, viewsBy }, device: named });
      }
      supervisor.enqueue(runId);
      return null;
    },
    'runs.stop': async ({ runId, now }) => {
      describer.row(runId);
      await supervisor.stop(runId, now);
      return null;
    },
    'runs.extend': ({ runId, epochs }) => {
      const { state } = trained(runId);
      if (state !== 'finished') throw new AppError('wrong-state.extend', { state });
      if (store.checkpoints.ofRun(runId).length === 0) assertGoesOn(context, runId);
      const last = newestResumable(context, runId);
      if (!last) throw new AppError('not-available.no-optimizer');
      store.runs.update(runId, { extendBy: epochs, extendFrom: last.step });
      supervisor.enqueue(runId);
      return null;
    },
    'runs.update': ({ runId, name, notes, color }) => {
      describer.row(runId);
      const patch = { name, ...(name !== undefined && { naming: null }), notes, color };
      store.runs.update(runId, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
      return describer.announce(runId);
    },
    'runs.delete': async ({ runId }) => {
      const row = describer.row(runId);
      const bytes = describer.summary(row).diskBytes;
      await assertRemovable(paths, runId);
      if (supervisor.has(runId)) await supervisor.stop(runId, true);
      try {
        store.runs.update(runId, { deletedAt: Date.now() });
      } catch (error) {
        if (!isFullDisk(error)) throw error;
        await leases.free('run', runId);
        await removeRunFiles(paths, runId); // that makes room; there is none to keep them until the person is sure
        store.runs.remove(runId);
        events.emit({ name: 'runRemoved', runId });
        return { bytes, undoSeconds: 0 };
      }
      const timer = setTimeout(() => void removeForGood(runId), undoSeconds * 1000);
      deletions.set(runId, { timer, until: performance.now() + undoSeconds * 1000 });
      events.emit({ name: 'runRemoved', runId });
      return { bytes, undoSeconds };
    },
    'runs.deleted': () =>
      [...deletions].flatMap(([runId, { until }]) => {
        const row = store.runs.get(runId);
        const seconds = (until - performance.now()) / 1000;
        return row && seconds > 0 ? [{ run: describer.summary(row), seconds }] : [];
      }),
    'runs.restore': ({ runId }) => {
      if (!deletions.has(runId)) throw new AppError('not-found.undo');
      clearTimeout(deletions.get(runId)?.timer);
      deletions.delete(runId);
      store.runs.update(runId, { deletedAt: null });
      return describer.announce(runId);
    },
    'runs.epochs': ({ runId }) => store.metrics.epochs(describer.row(runId).id),
    'runs.steps': ({ runId, after, points }) => [...store.metrics.steps(describer.row(runId).id, after, points)],
    'runs.strip': ({ runId }) => store.metrics.strips(describer.row(runId).id),
  };
  return {
    handlers,
    close: async () => {
      for (const runId of [...deletions.keys()]) await removeForGood(runId);
    },
  };
}
