/**
 * Where faults are tried: the home that version 0.1.0 left, opened once by this version, its photos beside it; a copy
 * for each moment, and what must hold of it afterwards. What is done to it is in kinds.ts.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createApp } from '../../src-main/app/index.ts';
import { isTemporary } from '../../src-main/files/index.ts';
import { listCheckpoints, readCheckpoint, writeCheckpointFile } from '../../src-main/trainer/checkpoint.ts';
import { pointAtPhotos, unpackHome } from '../helpers/homes.ts';

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cli = program('../../src-main/cli/main.ts');
const repair = program('./repairProcess.ts');

export interface Place {
  root: string;
  home: string;
  /** Folders of photos. */
  shapes: string;
  flat: string;
  /** Where exports go. */
  out: string;
}

const placeAt = (root: string): Place => ({
  root,
  home: join(root, 'home'),
  shapes: join(root, 'shapes'),
  flat: join(root, 'flat'),
  out: join(root, 'out'),
});

/** What a person did in a home; each is a command. */
export const operations = {
  train: () => ['resume', 'Interrupted'],
  evaluate: () => ['eval', 'Finished', '--knn'],
  embed: ({ out, flat }: Place) => ['embed', 'Finished', flat, '--out', out, '--format', 'npy,csv'],
  export: ({ out }: Place) => ['export', 'Finished', '--out', out, '--format', 'safetensors,onnx'],
  lab: ({ shapes }: Place) => ['lab', 'similarity', shapes, '--minutes', '0.5', '--seeds', '1'],
  scan: ({ shapes, flat }: Place) => ['relocate', shapes, flat],
  delete: () => ['delete', 'Stopped'],
  migrate: () => ['runs'],
  repair: () => ['repair'],
} as const;
export type Operation = keyof typeof operations;

/** The home that the copies are made of, made where it is missing. */
export async function makeBase(folder: string): Promise<{ whole: Place; raw: Place }> {
  const [whole, raw] = [placeAt(join(folder, 'whole')), placeAt(join(folder, 'raw'))];
  if (existsSync(join(folder, 'made'))) return { whole, raw };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const old = unpackHome('0.1.0');
  cpSync(old.root, raw.root, { recursive: true, preserveTimestamps: true });
  cpSync(old.root, whole.root, { recursive: true, preserveTimestamps: true });
  old.remove();
  for (const place of [whole, raw]) pointAtPhotos(place.home, place.root);
  const app = await createApp({ home: whole.home, host: { kind: 'cli', version: '0' } });
  await app.close();
  for (const path of checkpointsOf(whole)) {
    const { state, facts } = await readCheckpoint(path);
    await writeCheckpointFile(path, state, facts); // with checksums, which those of 0.1.0 lack
  }
  mkdirSync(join(folder, 'made'));
  return { whole, raw };
}

const checkpointsOf = ({ home }: Place): string[] =>
  (readdirSync(join(home, 'runs'), { recursive: true }) as string[])
    .filter((name) => /checkpoints.step-\d+\S*\.safetensors$/.test(name))
    .map((name) => join(home, 'runs', name));

/** A digest of all that the newest checkpoint of a run holds. */
export async function learnedBy(place: Place, name: string): Promise<string> {
  const db = new Database(join(place.home, 'lookalike.db'), { readonly: true });
  const id = db.prepare<[string], string>('SELECT id FROM runs WHERE name = ?').pluck().get(name)!;
  db.close();
  const { files } = await listCheckpoints(join(place.home, 'runs', id));
  const { state, facts } = await readCheckpoint(files[0]!.path);
  const digest = createHash('sha256').update(String(facts.step));
  for (const [tensor, { data }] of state)
    digest.update(tensor).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return digest.digest('hex');
}

/** A copy in `root`, which may be a disk of its own. */
export function copyOf(from: Place, root: string): Place {
  rmSync(join(root, 'home'), { recursive: true, force: true });
  for (const name of ['home', 'shapes', 'flat', 'out'])
    if (existsSync(join(from.root, name))) {
      rmSync(join(root, name), { recursive: true, force: true });
      cpSync(join(from.root, name), join(root, name), {
        recursive: true,
        preserveTimestamps: true,
        filter: (path) => !path.endsWith('.sock'),
      });
    } else rmSync(join(root, name), { recursive: true, force: true });
  pointAtPhotos(join(root, 'home'), root);
  return placeAt(root);
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** To it and to all that it started. */
  signal(name: NodeJS.Signals): void;
  /** Ends it and all that it started, and waits until the last of them is gone, with the locks that it held. */
  kill(): Promise<void>;
}

export function start(place: Place, args: readonly string[], env: NodeJS.ProcessEnv = {}, prefix = ''): Started {
  const own = args[0] === 'repair' ? [repair, place.home] : [cli, ...args, '--home', place.home];
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', ...own];
  const child = spawn('/bin/sh', ['-c', `${prefix} exec "$@"`, 'sh', ...command], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, out, err })),
  );
  /** False where all of them have ended. */
  const reaches = (signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(-child.pid!, signal);
    } catch {
      return false;
    }
  };
  return {
    child,
    ended,
    signal: (name) => void reaches(name),
    async kill() {
      reaches('SIGKILL');
      await ended;
      // at most five seconds: where nobody reaps, the dead stay listed
      for (let tries = 0; tries < 1000 && reaches(0); tries++) await sleep(5);
    },
  };
}

/** Files with their sizes and times: what nobody may change. */
export function listing(folder: string): string {
  const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).sort() : [];
  return names
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${Math.round(mtimeMs)}`;
    })
    .join('\n');
}

/** @throws with what is not as it has to be after any fault */
export async function requireWhole(place: Place, { without = [] as readonly string[] } = {}): Promise<void> {
  const app = await createApp({ home: place.home, host: { kind: 'cli', version: '0' } });
  try {
    const runs = await app.handle('runs.list', null);
    for (const name of ['Finished', 'Stopped', 'Interrupted']) {
      const run = runs.find((item) => item.name === name);
      if (!run && !without.includes(name)) throw new Error(`the run ${name} is lost`);
      if (!run) continue;
      const { checkpoints } = await app.handle('runs.get', { runId: run.id });
      if (checkpoints.length === 0) throw new Error(`the run ${name} has no checkpoint`);
      if (run.state === 'running' || run.state === 'queued') throw new Error(`the run ${name} is ${run.state}`);
    }
    const finished = runs.find(({ name }) => name === 'Finished');
    if (finished && (await app.handle('evaluate.list', { runId: finished.id })).length === 0)
      throw new Error('an evaluation is lost');
  } finally {
    await app.close();
  }
  const db = new Database(join(place.home, 'lookalike.db'));
  const said = db.pragma('quick_check(1)', { simple: true });
  db.close();
  if (said !== 'ok') throw new Error(`the database is damaged: ${String(said)}`);
  for (const id of readdirSync(join(place.home, 'runs'))) {
    const folder = join(place.home, 'runs', id, 'checkpoints');
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (isTemporary(name)) throw new Error(`${name} was left behind`);
      if (name.endsWith('.safetensors')) await readCheckpoint(join(folder, name));
    }
  }
}

/** @throws where a command that failed does not say why in one line that tells more than a code */
export function requireSentence({ code, signal, err }: Ended): void {
  if (signal !== null) throw new Error(`it ended by ${signal}: ${err}`);
  if (/^\s+at .+:\d+:\d+/m.test(err)) throw new Error(`a stack: ${err}`);
  const said = err.split('\n').findLast((line) => line.startsWith('lookalike: '));
  if (code !== 0 && said === undefined) throw new Error(`exit ${code} without a word: ${err}`);
  if (said !== undefined && /^lookalike: (E[A-Z]{3,}|SQLITE_\w+|[\w ]{0,12})$/.test(said))
    throw new Error(`raw: ${said}`);
}
