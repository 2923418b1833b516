/**
 * The faults: each is one moment in which something goes wrong while a command works on a copy of the home. A moment
 * answers what it did, and throws where anything is lost, or a command says less than a sentence.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mayMount, mounted, onDisk, unmountLeft } from '../helpers/disks.ts';
import { copyOf, learnedBy, listing, operations, requireSentence, requireWhole, start } from './place.ts';
import type { Ended, Operation, Place } from './place.ts';

export interface Bench {
  whole: Place;
  raw: Place;
  /** A folder of its own for the copy of this moment. */
  folder: string;
  /** 0 to 1, the same for the same seed. */
  random(): number;
  /** Seconds that a command takes here, as far as is known. */
  seconds: Map<Operation, number>;
  /**
   * What an evaluation gives, and a digest of what the interrupted run has learned at its end, by where it went on: its
   * first steps are an earlier version's, which did not round as this one does.
   */
  known: { accuracy?: number; learned: Map<string, string> };
}

const names = Object.keys(operations) as Operation[];
const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)]!;

/** The copy that an operation works on, as it has to be before it. */
function placeFor({ whole, raw, folder }: Bench, operation: Operation): Place {
  const place = copyOf(operation === 'migrate' ? raw : whole, folder);
  if (operation === 'repair')
    for (const name of readdirSync(place.home).filter((name) => name.startsWith('lookalike.db')))
      rmSync(join(place.home, name));
  if (operation === 'scan') rmSync(place.flat, { recursive: true, force: true });
  if (operation === 'scan') renameSync(place.shapes, place.flat);
  return place;
}

const without = (operation: Operation) => (operation === 'delete' ? ['Stopped'] : []);

async function requireAfter(place: Place, operation: Operation, photos: string): Promise<void> {
  if (operation === 'repair') await finish(place, operation); // what a kill left half done is done by the next
  await requireWhole(place, { without: without(operation) });
  if (listing(place.shapes) + listing(place.flat) !== photos) throw new Error('a folder of photos was changed');
}

async function finish(place: Place, operation: Operation): Promise<Ended> {
  const ended = await start(place, operations[operation](place)).ended;
  requireSentence(ended);
  return ended;
}

/** Killed with all its processes, at any time from its start to a little after its usual end. */
async function kill(bench: Bench): Promise<string> {
  const { random, seconds } = bench;
  const operation = pick(names, random);
  const place = placeFor(bench, operation);
  const photos = listing(place.shapes) + listing(place.flat);
  const began = performance.now();
  const started = start(place, operations[operation](place));
  const after = random() * 1.1 * (seconds.get(operation) ?? 8);
  const ended = await Promise.race([started.ended, sleep(1000 * after)]);
  await started.kill();
  if (ended) seconds.set(operation, (performance.now() - began) / 1000);
  else seconds.set(operation, Math.max(after * 1.1, seconds.get(operation) ?? 0)); // at least
  await requireAfter(place, operation, photos);
  if (random() < 0.2 && operation !== 'delete' && operation !== 'scan' && operation !== 'lab') {
    const again = await finish(place, operation);
    const mayFail = operation === 'train' && again.code === 2; // it had finished
    if (again.code !== 0 && !mayFail) throw new Error(`${operation} does not go on: ${again.err}`);
  }
  return `${operation} after ${after.toFixed(2)} s${ended ? ', at its end' : ''}`;
}

const written: Operation[] = ['train', 'evaluate', 'embed', 'export', 'migrate', 'delete', 'repair'];

/** A disk on which only so much more fits: a small one, or a limit on the size of files where none can be mounted. */
async function full(bench: Bench): Promise<string> {
  const { random } = bench;
  const operation = pick(written, random);
  const canMount = mayMount(bench.folder);
  const disk = canMount ? mounted(bench.folder) : null;
  try {
    const place = placeFor(bench, operation);
    const photos = listing(place.shapes) + listing(place.flat);
    const room = Math.floor(2 ** (8 + random() * 14)); // 256 bytes to 4 MiB
    if (disk) {
      const used = Number(execFileSync('df', ['--output=used', '-k', bench.folder]).toString().split('\n')[1]);
      disk.remount(`size=${used + Math.ceil(room / 1024)}k`);
    }
    const limit = disk ? '' : `trap '' XFSZ; ulimit -f ${Math.ceil(room / 512)};`;
    requireSentence(await start(place, operations[operation](place), {}, limit).ended);
    disk?.remount('size=512m');
    await requireAfter(place, operation, photos);
    return `${operation} with ${room} bytes left${disk ? '' : ' (by a limit on files)'}`;
  } finally {
    disk?.unmount();
  }
}

/** A home that cannot be written any more. */
async function readOnly(bench: Bench): Promise<string> {
  const operation = pick(
    written.filter((name) => name !== 'repair'),
    bench.random,
  );
  const disk = mayMount(bench.folder) ? mounted(bench.folder) : null;
  try {
    const place = placeFor(bench, operation);
    const photos = listing(place.shapes) + listing(place.flat);
    if (disk) disk.remount('ro');
    else chmodSync(place.home, 0o500);
    const ended = await finish(place, operation);
    if (disk) disk.remount('rw');
    else chmodSync(place.home, 0o700);
    if (ended.code === 0 && disk) throw new Error(`${operation} says that it went well`);
    await requireWhole(place); // nothing was deleted
    if (listing(place.shapes) + listing(place.flat) !== photos) throw new Error('a folder of photos was changed');
    return operation;
  } finally {
    disk?.unmount();
  }
}

/** A folder of photos, or the disk that it is on, that goes away while it is used, and comes back. */
async function vanish(bench: Bench): Promise<string> {
  const { random } = bench;
  const operation = pick(['train', 'embed', 'evaluate', 'export', 'scan'] as const, random);
  const place = placeFor(bench, operation);
  rmSync(join(place.home, 'cache'), { recursive: true, force: true }); // else they are seldom looked at
  const folders = [place.shapes, place.flat].filter((folder) => existsSync(folder));
  const disks = random() < 0.5 && mayMount(bench.folder) ? folders.map(onDisk) : null;
  const photos = listing(place.shapes) + listing(place.flat);
  try {
    const started = start(place, operations[operation](place));
    const after = random() * (bench.seconds.get(operation) ?? 6);
    await Promise.race([started.ended, sleep(1000 * after)]);
    for (const disk of disks ?? []) disk.away();
    if (!disks) for (const folder of folders) renameSync(folder, `${folder} away`);
    requireSentence(await started.ended);
    for (const disk of disks ?? []) disk.back();
    if (!disks) for (const folder of folders) renameSync(`${folder} away`, folder);
    await requireAfter(place, operation, photos);
    return `${operation} after ${after.toFixed(2)} s${disks ? ', its disk' : ''}`;
  } finally {
    if (disks) unmountLeft(bench.folder);
  }
}

/** Every kind of file that the home holds. */
const kindsOfFile: [name: string, is: RegExp][] = [
  ['checkpoint', /checkpoints\/.*\.safetensors$/],
  ['record of a run', /runs\/[^/]+\/run\.json$/],
  ['figures', /runs\/[^/]+\/figures\.json$/],
  ['evaluations', /runs\/[^/]+\/evaluations\.json$/],
  ['embedding', /embeddings\/.*\.npy$/],
  ['ids of an embedding', /embeddings\/.*\.json$/],
  ['pixels', /\.pixels$/],
  ['index of pixels', /\.index$/],
  ['thumbnail', /thumbnails\/.*/],
  ['backup', /lookalike\.db\.(day|backup)-/],
  ['database', /lookalike\.db$/],
];

/** One bit of one file: what is computed afterwards is what it would have been, or an error that is a sentence. */
async function flip(bench: Bench): Promise<string> {
  const { random, known } = bench;
  const place = copyOf(bench.whole, bench.folder);
  const files = (readdirSync(place.home, { recursive: true }) as string[]).filter((name) => {
    const found = statSync(join(place.home, name));
    return found.isFile() && found.size > 0;
  });
  const there = kindsOfFile.filter(([, is]) => files.some((name) => is.test(name)));
  const [kind, is] = pick(there, random);
  const file = join(
    place.home,
    pick(
      files.filter((name) => is.test(name)),
      random,
    ),
  );
  const bytes = readFileSync(file);
  const at = Math.floor(random() * bytes.length);
  bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
  writeFileSync(file, bytes);
  const operation = pick(['evaluate', 'embed', 'train'] as const, random);
  const ended = await start(place, [...operations[operation](place), '--json']).ended;
  requireSentence(ended);
  if (kind === 'database') {
    const repaired = await start(place, operations.repair()).ended;
    if (repaired.code !== 0 && !/newer Lookalike/.test(repaired.err)) throw new Error(`no repair: ${repaired.err}`);
    return `${kind}, byte ${at}: ${ended.code === 0 ? 'harmless' : 'told'}`;
  }
  if (kind !== 'checkpoint') await requireWhole(place); // that of another run is not looked at, and stays damaged
  if (ended.code !== 0) return `${kind}, byte ${at}: told`;
  if (operation === 'evaluate' && kind !== 'embedding') {
    const { accuracy } = JSON.parse(ended.out.trim().split('\n').at(-1)!) as { accuracy: number };
    if (known.accuracy !== undefined && accuracy !== known.accuracy)
      throw new Error(`${kind}: accuracy ${accuracy} instead of ${known.accuracy}`);
    known.accuracy = accuracy;
  }
  if (operation === 'train') {
    const learned = await learnedBy(place, 'Interrupted');
    const from = /training goes on from step \d+/.exec(ended.err)?.[0] ?? 'where it was interrupted';
    if (learned !== (known.learned.get(from) ?? learned))
      throw new Error(`${kind}: what was learned is not what is learned without the fault`);
    known.learned.set(from, learned);
  }
  return `${kind}, byte ${at}: healed or harmless`;
}

/** Stopped for a while, as by a debugger or a laptop that is closed. */
async function stop(bench: Bench): Promise<string> {
  const { random } = bench;
  const operation = pick(['train', 'evaluate', 'export'] as const, random);
  const place = placeFor(bench, operation);
  const photos = listing(place.shapes) + listing(place.flat);
  const started = start(place, operations[operation](place));
  const after = random() * (bench.seconds.get(operation) ?? 6);
  await Promise.race([started.ended, sleep(1000 * after)]);
  started.signal('SIGSTOP');
  await sleep(3000);
  started.signal('SIGCONT');
  const ended = await started.ended;
  requireSentence(ended);
  if (ended.code !== 0) throw new Error(`${operation} failed: ${ended.err}`);
  await requireAfter(place, operation, photos);
  return `${operation} after ${after.toFixed(2)} s`;
}

/** The clock of every process jumps back and forth by days. */
async function clock(bench: Bench): Promise<string> {
  const operation = pick(['train', 'evaluate', 'embed', 'migrate'] as const, bench.random);
  const place = placeFor(bench, operation);
  const photos = listing(place.shapes) + listing(place.flat);
  const jumping = `const now = Date.now; let calls = 0; Date.now = () => now() + (++calls % 7 < 3 ? -1 : 1) * 86400000 * (calls % 5);`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(jumping)}`;
  const ended = await start(place, operations[operation](place), { NODE_OPTIONS }).ended;
  requireSentence(ended);
  if (ended.code !== 0) throw new Error(`${operation} failed: ${ended.err}`);
  await requireAfter(place, operation, photos);
  return operation;
}

export const kinds = { kill, full, readOnly, vanish, flip, stop, clock } as const;
export type Kind = keyof typeof kinds;
