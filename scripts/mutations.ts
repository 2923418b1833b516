/**
 * Do damaged files do harm? Decodes so many counted mutations of files of each kind in a process of their own, as the
 * pool does, and measures it, reads its bands or divides it into tiles and pages by turns; then looks at what is left: no
 * crash, no decode that takes more than its limit, no memory that grows.
 *
 *   node scripts/mutations.ts [--count 3000] [--only tiff,npy,...] [--from 0]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeBytes, defaultRule, ImageError } from '../src-main/images/index.ts';
import { runJob } from '../src-main/images/pool/jobs.ts';
import { mutated } from '../test/helpers/mutations.ts';
import { seeds } from '../test/helpers/seeds.ts';

/** Seconds that one file may take; the pool allows 20. */
const LIMIT = 20;
/**
 * An image whose header claims more pixels is not decoded, so that what a damaged header allocates is not taken for a
 * leak.
 */
const MAX_PIXELS = 4e6;
/** Bytes by which a process may grow between the first tenth of its files and the last. */
const GROWTH = 150 * 2 ** 20;

interface Told {
  done: number;
  decoded: number;
  refused: Record<string, number>;
  wrong: string[];
  memory: number;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '3000' },
    only: { type: 'string' },
    from: { type: 'string', default: '0' },
    child: { type: 'string' },
  },
});
const [count, from] = [Number(values.count), Number(values.from)];

if (values.child !== undefined) await decodeAll(values.child);
else await watchAll();

/** In the child: one kind, telling how far it is. */
async function decodeAll(kind: string): Promise<void> {
  const files = (await seeds())[kind]!;
  const told: Told = { done: from, decoded: 0, refused: {}, wrong: [], memory: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'mutations-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tell = (): void => {
    globalThis.gc?.();
    told.memory = process.memoryUsage.rss();
    process.send!(told);
  };
  for (let i = from; i < count; i++) {
    const bytes = mutated(files[i % files.length]!, i);
    let isTooLarge = false;
    told.done = i + 1;
    if (i % 50 === 49) tell();
    try {
      const image = await decodeBytes('mutation', bytes, { maxPixels: MAX_PIXELS, timeout: LIMIT });
      if (image.data.length !== 3 * image.width * image.height) told.wrong.push(`${i}: ${image.data.length} bytes`);
      told.decoded++;
    } catch (error) {
      if (error instanceof ImageError) {
        told.refused[error.code] = (told.refused[error.code] ?? 0) + 1;
        isTooLarge = error.code === 'too-large';
      } else told.wrong.push(`${i}: ${String(error)}`); // what is no refusal has not been foreseen
    }
    if (isTooLarge) continue; // nor is it cut into hundreds of thousands of tiles, at which the pool ends its worker
    try {
      await readOtherwise(bytes, i, folder);
    } catch (error) {
      if (!(error instanceof ImageError)) told.wrong.push(`${i}, read otherwise: ${String(error)}`);
    }
  }
  tell();
}

/** What else a worker does with a file, by its number: measures it, reads its bands, or divides it and reads a part. */
async function readOtherwise(bytes: Buffer, i: number, folder: string): Promise<void> {
  const limits = { maxPixels: MAX_PIXELS, timeout: LIMIT };
  const source = { name: 'mutation', bytes };
  if (i % 3 === 0) await runJob({ kind: 'measure', source }, limits);
  else if (i % 3 === 1) {
    const rule = { ...defaultRule, channels: 1 + (i % 5), depth: 16 as const };
    await runJob({ kind: 'prepare', source, imageSize: 32, trainingSide: 40, rule }, limits);
  } else {
    const path = join(folder, `${i}`);
    writeFileSync(path, bytes);
    const rule = { ...defaultRule, tiles: 16, page: 'each' as const };
    try {
      const divided = await runJob({ kind: 'divide', source: path, rule }, limits);
      const part = ('division' in divided! && divided.division?.parts.at(-1)?.part) || '';
      await runJob({ kind: 'probe', source: { path, part }, thumbnailSize: 32, rule }, limits);
    } finally {
      rmSync(path);
    }
  }
}

async function watchAll(): Promise<void> {
  const kinds = Object.keys(await seeds()).filter((kind) => values.only?.split(',').includes(kind) ?? true);
  let harm = 0;
  for (const kind of kinds) {
    const { told, ended, hung, first } = await watched(kind);
    const grown = told.memory - first;
    const bad = [
      ...(hung ? [`hung after ${told.done}`] : ended === 0 ? [] : [`ended with ${ended} after ${told.done}`]),
      ...told.wrong,
      ...(grown > GROWTH ? [`grew by ${Math.round(grown / 2 ** 20)} MiB`] : []),
    ];
    harm += bad.length;
    const refused = Object.entries(told.refused).map(([code, n]) => `${n} ${code}`);
    console.log(
      `${kind}: ${told.done} mutations, ${told.decoded} decoded, ${refused.join(', ')}; ` +
        `${Math.round(told.memory / 2 ** 20)} MiB at the end, ${Math.round(grown / 2 ** 20)} more than after a tenth`,
    );
    for (const line of bad.slice(0, 20)) console.log(`  ${line}`);
  }
  process.exitCode = harm > 0 ? 1 : 0;
}

async function watched(kind: string) {
  const self = fileURLToPath(import.meta.url);
  const child = fork(self, ['--child', kind, '--count', `${count}`, '--from', `${from}`], {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let told: Told = { done: 0, decoded: 0, refused: {}, wrong: [], memory: 0 };
  let first = 0;
  let hung = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    // fifty files between two reports, each with its limit in the worst case: a hang is more than a file's limit
    timer = setTimeout(() => ((hung = true), child.kill('SIGKILL')), 6 * LIMIT * 1000);
  };
  wait();
  child.on('message', (message) => {
    told = message as Told;
    if (first === 0 && told.done >= count / 10) first = told.memory;
    wait();
  });
  const ended = await new Promise<number | string | null>((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ?? code)),
  );
  clearTimeout(timer);
  return { told, ended, hung, first };
}
