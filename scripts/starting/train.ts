/**
 * Trains starting weights on rendered pictures (render.ts) by SimCLR: two views of one program are a pair, of one picture
 * of it or of two. Several networks train beside each other, a thread each, and are averaged every few steps.
 *
 *   node scripts/starting/train.ts PICTURES --out FOLDER [--instances 6] [--same 0.5] [--mix KIND=TIMES ...]
 *     [--networks 4] [--steps 2000] [--begin 0] [--from STATE] [--set key=value ...]
 *
 * Writes FOLDER/state.safetensors (weights and all: --from goes on with it at the step --begin) and, averaged over the
 * last of these, FOLDER/average.safetensors, which is what pack.ts takes. The rate falls along half a cosine to the last
 * step. Everything is counted: the same command gives the same weights on the same machine.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { mergeConfig, parseConfig, patchFromAssignment, peakLearningRate } from '../../shared/config.ts';
import { initialState } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { decodeSafetensors, encodeSafetensors, floatTensors } from '../../src-main/export/index.ts';
import { kindOf, SIDE } from './scene.ts';
import type { Outcome, Task, Trainee } from './trainWorker.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    instances: { type: 'string', default: '6' },
    same: { type: 'string', default: '0.5' },
    mix: { type: 'string', multiple: true, default: [] },
    networks: { type: 'string', default: '4' },
    steps: { type: 'string', default: '2000' },
    begin: { type: 'string', default: '0' },
    from: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const [file] = positionals;
if (!file || !values.out) {
  process.stderr.write('usage: node scripts/starting/train.ts PICTURES --out FOLDER\n');
  process.exit(2);
}
const config = parseConfig(
  mergeConfig(
    {
      method: 'simclr',
      simclr: { decoupled: true },
      predictor: { kind: 'identity' },
      stopGradient: false,
      temperature: 0.2,
      backbone: { name: 'resnet18', width: 0.25, stem: 'small' },
      head: { hiddenDim: 512, outputDim: 128, layers: 2 },
      imageSize: 32,
      batchSize: 128,
      epochs: 1,
      threads: 1,
      optimizer: { baseLearningRate: 0.6, weightDecay: 1e-4 },
      augment: { hue: 0.1, grayscale: 0.2, blur: 0 },
    },
    ...values.set.map(patchFromAssignment),
  ),
);
const [instances, steps] = [Number(values.instances), Number(values.steps)];
const mix = new Map(values.mix.map((given) => given.split('=') as [string, string]));
const rendered = Math.floor(statSync(file).size / (3 * SIDE * SIDE * instances));
const programs = Array.from({ length: rendered }, (_, program) => program).flatMap((program) =>
  Array<number>(Number(mix.get(kindOf(program)) ?? 1)).fill(program),
);
mkdirSync(values.out, { recursive: true });

let state: State = initialState(config, rendered);
if (values.from)
  for (const [name, tensor] of floatTensors(decodeSafetensors(readFileSync(values.from)).tensors))
    state.set(name, tensor);

/** Steps of each network between two averages. */
const TOGETHER = 20;
/** Share of the running average that stays at each round (TOGETHER steps): about the last twenty rounds count. */
const KEPT = 0.95;
const WARM_UP = 100;
/** Rounds between two writes of the weights. */
const WRITTEN = 10;

const networks = Array.from({ length: Number(values.networks) }, (_, place) => {
  const trainee: Trainee = { config, file, instances, programs, same: Number(values.same), state, place };
  return new Worker(new URL('./trainWorker.ts', import.meta.url), { workerData: trainee });
});
const trained = (network: Worker, task: Task): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    network.once('message', resolve);
    network.once('error', reject);
    network.postMessage(task);
  });

/** The weighted mean of networks, tensor by tensor; the numbers are their weights. */
function mixed(parts: readonly (readonly [State, number])[]): State {
  const [first] = parts[0]!;
  return new Map(
    [...first].map(([name, { shape }]) => {
      const data = new Float32Array(first.get(name)!.data.length);
      for (const [part, share] of parts) part.get(name)!.data.forEach((x, i) => (data[i]! += share * x));
      return [name, { shape, data }];
    }),
  );
}

const backbone = (of: State): State => new Map([...of].filter(([name]) => name.startsWith('backbone.')));
const write = (name: string, tensors: State): void => {
  const path = join(values.out!, name);
  writeFileSync(`${path}.partial`, encodeSafetensors(tensors as Map<string, { shape: number[]; data: Float32Array }>));
  renameSync(`${path}.partial`, path);
};

const peak = peakLearningRate(config);
const rateAt = (step: number): number =>
  step < WARM_UP ? (peak * (step + 1)) / WARM_UP : (peak / 2) * (1 + Math.cos((Math.PI * step) / steps));
let average: State | null = null;
for (let from = Number(values.begin), round = 1; from < steps; from += TOGETHER, round++) {
  const rates = Array.from({ length: Math.min(TOGETHER, steps - from) }, (_, i) => rateAt(from + i));
  const outcomes = await Promise.all(networks.map((network) => trained(network, { state, from, rates })));
  const share = 1 / outcomes.length;
  state = mixed(outcomes.map((outcome) => [outcome.state, share]));
  average = average
    ? mixed([
        [average, KEPT],
        [backbone(state), 1 - KEPT],
      ])
    : backbone(state);
  const done = from + rates.length;
  const { user, system } = process.cpuUsage();
  const loss = outcomes.reduce((sum, outcome) => sum + share * outcome.loss, 0);
  console.log(
    `step ${done} of ${steps}, loss ${loss.toFixed(3)}, ${((user + system) / 1e6).toFixed(0)} processor seconds`,
  );
  if (round % WRITTEN === 0 || done === steps) {
    write('state.safetensors', state);
    write('average.safetensors', average);
    if (round % (5 * WRITTEN) === 0) write(`average-${done}.safetensors`, average);
  }
}
await Promise.all(networks.map((network) => network.terminate()));
