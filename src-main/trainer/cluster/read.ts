/**
 * The job that takes over what was trained in PyTorch: checkpoints and embeddings are compared with their checksums, with
 * the shapes that their settings ask for, and a few photos are embedded here too; then they are written down as those of
 * a run of this home. The folder is only read.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ClusterResultJob } from '../../../shared/contract/job.ts';
import type { CheckpointReport, JobResult } from '../../../shared/contract/report.ts';
import { clusterRunFile, clusterStartFile } from '../../../shared/cluster.ts';
import { judge } from '../../../shared/verdict.ts';
import { FileError, checkGiven, readGiven } from '../../files/index.ts';
import { photosOf, trainingEntries } from '../../engine/index.ts';
import type { State } from '../../engine/index.ts';
import { readCheckpoint, thinCheckpoints, writeCheckpoint } from '../checkpoint.ts';
import type { CheckpointFacts } from '../checkpoint.ts';
import { reason } from '../../../shared/reason.ts';
import { saying } from '../control.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { firstNotFinite } from '../finite.ts';
import { epochAt, totalSteps } from '../schedule.ts';
import { ClusterRun, resultsOf } from './folder.ts';
import { readHistory } from './history.ts';
import { takeEmbeddings } from './embedded.ts';

export async function takeClusterResult(job: ClusterResultJob, context: JobContext): Promise<JobResult> {
  const results = resultsOf(job.source);
  const run = await clusterRun(job.source);
  const names = await readdir(join(results, 'checkpoints')).catch(() => [] as string[]);
  const files = names.filter((name) => /^step-\d+\.safetensors$/.test(name)).sort();
  const begun = await beginning(job.source);
  let last: { state: State; facts: CheckpointFacts } | null = null;
  for (const [i, name] of files.entries()) {
    context.control.throwIfStopping();
    const { state, facts } = await readCheckpoint(join(results, 'checkpoints', name));
    if (begun && !isOfOneRun(begun, facts)) throw new TrainerError('bad-result.foreign', { file: name });
    checkState(name, state, facts);
    last = { state, facts: { ...facts, runId: job.runId } };
    await writeCheckpoint(job.directory, state, last.facts);
    context.report(saying(reason('doing.importing', { name: run.name }), (0.8 * (i + 1)) / files.length));
    await context.control.turn();
  }
  if (!last) throw new TrainerError('bad-result.empty', { folder: job.source });
  const { facts, state } = last;
  const { config, schedule } = facts;
  const told = join(results, 'history.jsonl');
  await checkGiven(told).catch((error: unknown) => {
    if (error instanceof FileError) throw error; // a pipe; where there is none, nothing is known of its epochs
  });
  const history = await readHistory(told, facts.step);
  const untrained = history.untrained ?? run.untrained;
  const { baselines } = facts;
  const judgement =
    untrained && history.rows.length > 0 ? judge({ untrained, baselines, history: history.rows, config }) : null;
  const checkpoints: CheckpointReport[] = await thinCheckpoints(job.directory, config.checkpoint.diskGigabytes * 1e9);
  return {
    kind: 'clusterResult',
    config,
    step: facts.step,
    epoch: epochAt(schedule, facts.step),
    totalSteps: totalSteps(schedule),
    epochs: Math.ceil(epochAt(schedule, totalSteps(schedule))),
    finished: facts.finished,
    trainingSeconds: facts.trainingSeconds,
    photos: facts.images,
    checkpoints,
    untrained,
    judgement,
    rows: history.rows,
    steps: history.steps,
    embedded: await takeEmbeddings(job, join(results, 'embeddings'), config, state, context),
  };
}

/** @throws TrainerError bad-result where run.json is of another program or version, or changed */
async function clusterRun(folder: string): Promise<ClusterRun> {
  const file = join(folder, clusterRunFile);
  const text = (await readGiven(file)).toString('utf8');
  try {
    return ClusterRun.parse(JSON.parse(text));
  } catch (error) {
    throw new TrainerError('bad-result.record', { file }, undefined, { cause: error });
  }
}

/** What the training began with; null where the folder was brought back without it, as nothing else of it is needed. */
async function beginning(folder: string): Promise<CheckpointFacts | null> {
  const file = join(folder, clusterStartFile);
  return existsSync(file) ? (await readCheckpoint(file)).facts : null;
}

/** A training hands on what its start says of itself: another run's checkpoints say something else. */
const isOfOneRun = (a: CheckpointFacts, b: CheckpointFacts): boolean =>
  a.runId === b.runId && a.imagesHash === b.imagesHash && isDeepStrictEqual(a.config, b.config);

/** Names and shapes are those of the settings, and no number is lost. @throws TrainerError bad-result */
function checkState(file: string, state: State, { config, images }: CheckpointFacts): void {
  const wrong = (tensor: string) => new TrainerError('bad-result.tensor', { file, tensor });
  const entries = trainingEntries(config, photosOf(config, state) ?? images);
  for (const { name, shape, role } of entries) {
    const tensor = state.get(name);
    if (!tensor && role === 'scale') continue; // begins anew
    if (!tensor || tensor.shape.join() !== shape.join()) throw wrong(name);
  }
  for (const [name, { data }] of state) if (firstNotFinite(data) >= 0) throw wrong(name);
}
