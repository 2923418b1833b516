/** The calls of training past this machine: a folder for PyTorch written, and what was trained there taken over. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Naming } from '../../shared/contract.ts';
import type { AppHandlers, AppParams, ClusterJob, clusterCalls, JobResult } from '../../shared/contract.ts';
import { nameOf } from '../../shared/naming.ts';
import { trainingSize } from '../../shared/cachePlan.ts';
import { clusterFiles, clusterResults, clusterRunFile, shardBytes } from '../../shared/cluster.ts';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import { IdList } from '../../shared/idList.ts';
import { presetPatch } from '../../shared/presets.ts';
import { parsedJson } from '../../shared/json.ts';
import { reason } from '../../shared/reason.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import { readGiven } from '../files/index.ts';
import type { RunRow } from '../db/index.ts';
import { photoCacheBytes } from './cacheLimit.ts';
import { holdCheckpoint } from './checkpoints.ts';
import { computeJob } from './compute/job.ts';
import type { AppContext } from './context.ts';
import { AppError } from './errors.ts';
import type { EmbeddingSets } from './explore/sets.ts';
import type { Library } from './library/library.ts';
import { ruleOf } from './library/measuring.ts';
import type { RunDescriber } from './runs/describe.ts';
import { freshColor, freshId } from './runs/fresh.ts';
import { importing } from './runs/importing.ts';
import { partOfFolder } from './runs/part.ts';
import { requiredWeights, withStart } from './runs/plan.ts';
import { ruleFor } from './runs/rule.ts';
import { newestResumable } from './runs/trainJob.ts';
import { trainingPhotos } from './runs/trainingPhotos.ts';
import { typicalSide } from './runs/typicalSide.ts';
import { Targets } from './target.ts';
import type { TaskControl } from './tasks.ts';

export type ClusterHandlers = Pick<AppHandlers, keyof typeof clusterCalls>;

/** What an import shows as the device of a run that was trained elsewhere. */
const elsewhere = 'PyTorch';

type Asked = AppParams<'cluster.write'>['of'];
/** A run to be handed over: what the job is told of it. */
type Handed = Pick<
  ClusterJob,
  'config' | 'directory' | 'initialWeights' | 'resumeFrom' | 'extendBy' | 'untrained' | 'baselines'
> &
  Pick<RunRow, 'name' | 'naming'> & { datasetId: string; runId: string | null; release?: () => void };

export function clusterHandlers(
  context: AppContext,
  library: Library,
  describer: RunDescriber,
  sets: EmbeddingSets,
): ClusterHandlers {
  const { store, tasks, paths, host } = context;
  const place = () => ({ cacheDirectory: paths.photoCache, cacheBytes: photoCacheBytes(context) });

  /** A new run of a folder, as another machine would be given it. */
  const fresh = async ({ datasetId, preset, patch, name }: Extract<Asked, { datasetId: string }>): Promise<Handed> => {
    const photos = await trainingPhotos(context, library, datasetId);
    const dataset = library.dataset(datasetId);
    const facts = {
      images: photos.count,
      device: 'cuda',
      slow: false,
      side: await typicalSide(context, library, photos),
    };
    const base = preset === null ? undefined : presetPatch(preset, facts);
    // as for a run here: the patch's choice of epochs or minutes stands against the preset's
    if (base && patch.epochs != null && patch.minutes === undefined) base.minutes = null;
    const merged = parseConfig(mergeConfig({ device: 'auto', input: ruleOf(dataset) }, base, patch as ConfigPatch));
    const { input } = await ruleFor(context, dataset, merged.input, (patch as ConfigPatch).input);
    const config = withStart({ ...merged, input });
    return {
      config,
      datasetId,
      directory: '',
      runId: null,
      name: name ?? dataset.name,
      naming: name === null ? dataset.naming : null,
      initialWeights: requiredWeights(context, config),
      resumeFrom: null,
      extendBy: null,
      untrained: null,
      baselines: null,
    };
  };

  /**
   * The rest of a run, from its last checkpoint; `epochs` extends one that has finished.
   * @throws AppError not-found, wrong-state or not-available
   */
  const known = ({ runId, epochs = null }: Extract<Asked, { runId: string }>): Handed => {
    const run = describer.row(runId);
    if (run.encoder) throw new AppError('wrong-state.frozen', { name: nameOf(run) });
    if (isUnderWay(run.state)) throw new AppError('wrong-state.hand-over', { name: nameOf(run) });
    if (run.state === 'finished' && epochs === null)
      throw new AppError('wrong-state.hand-over-finished', { name: nameOf(run) });
    const last = newestResumable(context, runId);
    if (!last) throw new AppError('not-available.no-optimizer');
    const held = holdCheckpoint(context, runId, last.file);
    return {
      config: run.config,
      datasetId: run.datasetId,
      directory: paths.run(runId),
      runId,
      name: run.name,
      naming: run.naming,
      initialWeights: null,
      resumeFrom: held.path,
      extendBy: epochs,
      untrained: run.untrained,
      baselines: run.baselines ?? null,
      release: held.release,
    };
  };

  /** The names of the files that were written. */
  const write = async (
    { datasetId, runId, name, naming, release: _held, ...handed }: Handed,
    target: string,
    shards: boolean,
    control: TaskControl,
  ): Promise<string[]> => {
    const dataset = library.dataset(datasetId);
    const card = { run: runId, name, naming, dataset: dataset.id, folder: dataset.folder, version: host.version };
    const images = await partOfFolder(handed.config, { store, library, datasetId });
    const ofCollection = dataset.parent !== null;
    const job = { kind: 'cluster' as const, ...handed, ...place(), images: [], target, shards, ofCollection, card };
    const { files, skipped } = await computeJob(context, job, control, [0, 1], { images });
    if (skipped.length > 0)
      control.notice(reason('doing.without-skipped', { count: skipped.length, file: skipped[0]!.file }));
    return files;
  };

  /** @throws AppError bad-result where the folder is none that this application wrote */
  const origin = async (source: string): Promise<z.infer<typeof Origin>> => {
    const file = join(source, clusterRunFile);
    const text = await readGiven(file).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 'no-answer') throw error;
      throw new AppError('bad-result.folder', { folder: source });
    });
    const known = Origin.safeParse(parsedJson(text.toString('utf8')));
    if (!known.success) throw new AppError('bad-result.record', { file });
    return known.data;
  };

  const keep = async (
    runId: string,
    setId: string,
    { datasetId, from, ...named }: Pick<RunRow, 'datasetId' | 'name' | 'naming'> & { from: string | null },
    result: Extract<JobResult, { kind: 'clusterResult' }>,
  ): Promise<void> => {
    const { config, rows, steps, embedded } = result;
    const ats = rows.map(({ at }) => at);
    const now = Date.now();
    store.transaction(() => {
      store.runs.insert({
        id: runId,
        ...named,
        color: freshColor(store),
        state: result.finished ? 'finished' : 'stopped',
        datasetId,
        preset: null,
        config,
        clonedFrom: from !== null && store.runs.get(from) ? from : null,
        createdAt: now,
        epochs: result.epochs,
        images: result.photos,
      });
      store.runs.update(runId, {
        startedAt: Math.min(...ats.slice(0, 1), now),
        endedAt: ats.at(-1) ?? now,
        device: elsewhere,
        epoch: result.epoch,
        step: result.step,
        steps: result.totalSteps,
        trainingSeconds: result.trainingSeconds,
        untrained: result.untrained,
        judgement: result.judgement,
      });
      for (const row of rows) store.metrics.putEpoch(runId, row);
      store.metrics.putSteps(runId, steps);
      if (result.judgement) store.metrics.putVerdict(runId, result.step, result.judgement);
      const files = result.checkpoints.map((item) => ({ ...item, file: basename(item.file) }));
      store.checkpoints.replace(runId, files, now);
    });
    const checkpoint = embedded && store.checkpoints.ofRun(runId).find(({ step }) => step === embedded.step);
    if (checkpoint)
      await sets.adopt(setId, runId, checkpoint, datasetId, {
        ...embedded,
        images: IdList.read(embedded.images).length,
      });
    describer.announce(runId);
  };

  return {
    'cluster.write': async ({ of, target, shards, replace }) => {
      const handed = 'runId' in of ? known(of) : await fresh(of);
      const targets = new Targets(context);
      try {
        await refuseResults(target);
        const folder = await targets.open(target, clusterFiles(shards ? shardsOf(handed, library) : 0), replace);
        const work = async (control: TaskControl) => {
          await targets.seal(folder, await write(handed, folder, shards, control));
          return folder;
        };
        const release = () => {
          handed.release?.();
          return targets.release();
        };
        const doing = reason('doing.writing-cluster', { name: nameOf(handed) });
        return tasks.start('cluster', doing, work, { line: 'processor', release });
      } catch (error) {
        handed.release?.();
        throw error;
      }
    },
    'cluster.read': async ({ source, datasetId, name }) => {
      const { run: from, dataset: own, ...given } = await origin(source);
      const named = name === null ? given : { name, naming: null };
      const dataset = datasetId ?? (store.datasets.get(own)?.removedAt === null ? own : null);
      if (dataset === null) throw new AppError('bad-result.photos', { folder: source });
      const { id: datasetIdOf } = library.dataset(dataset);
      const work = async (control: TaskControl): Promise<string> => {
        const [runId, setId] = [freshId(store), randomUUID()];
        const output = sets.file({ id: setId, runId }, 'npy');
        const images = await library.photos.jobImages(datasetIdOf);
        const job = {
          kind: 'clusterResult' as const,
          ...place(),
          source,
          runId,
          directory: paths.run(runId),
          output,
          images: [],
        };
        return importing(context, runId, async () => {
          const result = await computeJob(context, job, control, [0, 1], { images });
          const { embedded } = result;
          if (embedded) {
            await sets.writeIds(setId, runId, IdList.read(embedded.images));
            const { checked: count, difference } = embedded;
            control.notice(reason('doing.compared', { count, difference: difference.toExponential(1) }));
          }
          await keep(runId, setId, { datasetId: datasetIdOf, from, ...named }, result);
          const lost = missingHistory(result, source, from !== null);
          if (lost) control.notice(lost);
          return runId;
        });
      };
      return tasks.start('cluster', reason('doing.importing', { name: nameOf(named) }), work, {
        ...{ line: 'processor', about: { datasetId: datasetIdOf } },
      });
    },
  };
}

/**
 * What of its epochs was not written down, or did not come along; the newest checkpoint says how many there were.
 * @param goesOn the run began where another was, whose epochs were written down here
 */
function missingHistory(
  { epoch, step, rows, steps }: Extract<JobResult, { kind: 'clusterResult' }>,
  folder: string,
  goesOn: boolean,
): Reason | null {
  const whole = Math.floor(epoch);
  const last = rows.at(-1)?.epoch;
  if (last !== undefined) return last < whole ? reason('doing.short-history', { folder, last, epoch: whole }) : null;
  const isLost = steps.length === 0 ? step > 0 : whole > 0 && !goesOn;
  return isLost ? reason('doing.no-history', { folder }) : null;
}

/** @throws AppError bad-folder where train.py would go on from what it finds, whatever is written beside it */
async function refuseResults(folder: string): Promise<void> {
  const results = await readdir(join(folder, clusterResults, 'checkpoints')).catch(() => []);
  if (results.length > 0) throw new AppError('bad-folder.results', { folder });
}

/** What of run.json tells which run a folder belongs to. */
const Origin = z.object({
  run: z.string().nullable(),
  name: z.string(),
  naming: Naming.default(null),
  dataset: z.string(),
});

/** The most tar files that the photos of a folder can fill. */
function shardsOf({ datasetId, config }: { datasetId: string; config: RunConfig }, library: Library): number {
  const images = library.usable(datasetId);
  const copy = trainingSize({ width: 4e6, height: 1e6 }, Math.ceil(1.6 * config.imageSize)); // the widest that is kept
  const most = 3 * (config.imageSize ** 2 + copy.width * copy.height) + 4096;
  return Math.ceil((images * most) / shardBytes) + 1;
}
