/**
 * Kills every process of a training run at random moments and resumes it at once, through the command line, then
 * compares its parameters bit for bit with those of a run left alone.
 *
 *   node scripts/kill-test.ts FOLDER [--kills 20] [--seed 1] [--config FILE] [--set key=value ...]
 *
 * A checkpoint is written after every step, so that many kills fall into one; the script counts them.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listCheckpoints, readCheckpoint } from '../src-main/trainer/checkpoint.ts';
import { random } from '../test/helpers/random.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    config: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const folder = positionals[0];
if (!folder) {
  process.stderr.write(
    'usage: node scripts/kill-test.ts FOLDER [--kills 20] [--seed 1] [--config FILE] [--set key=value ...]\n',
  );
  process.exit(2);
}
const kills = Number(values.kills);
const root = mkdtempSync(join(tmpdir(), 'kill-test-'));
const cli = fileURLToPath(new URL('../src-main/cli/main.ts', import.meta.url));

const small = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 64, outputDim: 64, layers: 2 },
  predictor: { hiddenDim: 16 },
  imageSize: 16,
  batchSize: 16,
  epochs: 30,
  augment: { blur: 0 },
  device: 'cpu',
};
const configFile = values.config ?? join(root, 'config.json');
if (!values.config) writeFileSync(configFile, JSON.stringify(small));
const sets = ['checkpoint.minutes=0.000001', ...values.set].flatMap((assignment) => ['--set', assignment]);
const trainArguments = ['train', folder, '--config', configFile, ...sets];

/** The moments are the same for the same seed. */
const chance = random(Number(values.seed));

interface Lookalike {
  /** Resolves when it has ended, with its exit code; null after a kill. */
  ended: Promise<number | null>;
  /** Resolves at its first step. */
  training: Promise<void>;
  killAll(): void;
}

/** Starts the command line as the leader of a process group of its own. */
function start(home: string, args: string[]): Lookalike {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', cli, ...args, '--home', home, '--json'],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = text));
  const ended = new Promise<number | null>((resolve) =>
    child.on('exit', (code) => {
      if (code) process.stderr.write(`exit ${code}: ${complaint.trim()}\n`);
      resolve(code);
    }),
  );
  const training = new Promise<void>((resolve) =>
    child.stdout.on('data', (text: Buffer) => String(text).includes('"event":"start"') && resolve()),
  );
  return { ended, training, killAll: () => process.kill(-child.pid!, 'SIGKILL') };
}

const runIds = (home: string): string[] => {
  try {
    return readdirSync(join(home, 'runs'));
  } catch {
    return [];
  }
};
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function finalState(home: string): Promise<{ step: number; finished: boolean; state: Map<string, Buffer> }> {
  const [id] = runIds(home);
  const { files } = await listCheckpoints(join(home, 'runs', id!));
  const { state, facts } = await readCheckpoint(files[0]!.path);
  return {
    step: facts.step,
    finished: facts.finished,
    state: new Map([...state].map(([name, { data }]) => [name, Buffer.from(data.buffer)])),
  };
}

const began = Date.now();
console.log(`left alone: ${trainArguments.join(' ')}`);
const aloneHome = join(root, 'alone');
const alone = start(aloneHome, trainArguments);
if ((await alone.ended) !== 0) process.exit(1);
const expected = await finalState(aloneHome);
console.log(`  ${expected.step} steps in ${((Date.now() - began) / 1000).toFixed(0)} s`);

const home = join(root, 'killed');
let whileWriting = 0;
let beforeTraining = 0;
for (let kill = 1; kill <= kills; kill++) {
  const ids = runIds(home);
  const process_ = start(home, ids.length > 0 ? ['resume', ids[0]!] : trainArguments);
  // Most of the kills fall into training, some into starting up.
  let training = false;
  void process_.training.then(() => (training = true));
  if (chance() < 0.8) await Promise.race([process_.training, process_.ended]);
  await sleep(chance() * 2500);
  try {
    process_.killAll();
  } catch {
    process.stderr.write(`kill ${kill}: the run had ended already: give it more epochs\n`);
    process.exit(1);
  }
  await process_.ended;
  const checkpoints = ids.length > 0 ? join(home, 'runs', ids[0]!, 'checkpoints') : null;
  const partial = checkpoints !== null && execFileSync('ls', [checkpoints]).toString().includes('-tmp');
  whileWriting += Number(partial);
  beforeTraining += Number(!training);
  const step =
    runIds(home).length > 0
      ? (await listCheckpoints(join(home, 'runs', runIds(home)[0]!))).files[0]?.facts.step
      : undefined;
  console.log(
    `kill ${kill}: ${training ? 'training' : 'starting'}${partial ? ', a checkpoint was being written' : ''}; newest checkpoint: step ${step ?? 'none'}`,
  );
}
const [id] = runIds(home);
const last = start(home, id ? ['resume', id] : trainArguments);
if ((await last.ended) !== 0) process.exit(1);

const found = await finalState(home);
const different = [...expected.state]
  .filter(([name, bytes]) => !found.state.get(name)?.equals(bytes))
  .map(([name]) => name);
const same =
  found.finished && found.step === expected.step && found.state.size === expected.state.size && different.length === 0;
console.log(
  `${kills} kills (${whileWriting} while a checkpoint was written, ${beforeTraining} before training): ${found.state.size} tensors after ${found.step} steps, ${same ? 'identical bit for bit' : `DIFFERENT: ${different.slice(0, 5).join(', ')}`}; ${((Date.now() - began) / 1000).toFixed(0)} s`,
);
if (same) rmSync(root, { recursive: true, force: true });
else console.log(`kept: ${root}`);
process.exit(same ? 0 : 1);
