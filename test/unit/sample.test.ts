/** The sample set: rendered, or written from the pack that a build rendered. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { encodePack, readPack } from '../../src-main/app/sample/pack.ts';
import type { PackedPhoto } from '../../src-main/app/sample/pack.ts';
import { renderSample, renderSampleSet } from '../../src-main/app/sample/render.ts';
import { sharedFolder } from '../helpers/folders.ts';

const scratch = sharedFolder('sample');
const pack = join(scratch, 'photos.pack');
const nowhere = join(scratch, 'no.pack');
const perClass = 2;
const rendered: PackedPhoto[] = [];

beforeAll(async () => {
  for await (const some of renderSample(perClass)) rendered.push(...some);
});

let count = 0;
/** What a sample folder holds, by path. */
async function written(from: string, photosPerClass = perClass): Promise<Map<string, Buffer>> {
  const folder = join(scratch, `sample ${count++}`);
  expect(await renderSampleSet(folder, { photosPerClass, pack: from })).toBe(8 * photosPerClass);
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.jpg'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
}

test('the pack holds the bytes that rendering gives', async () => {
  writeFileSync(pack, encodePack(rendered));
  const byRendering = await written(nowhere);
  expect(byRendering.size).toBe(16);
  expect(await written(pack)).toEqual(byRendering);
  const first = await written(pack, 1); // some of a larger pack
  expect([...first.keys()]).toEqual([...byRendering.keys()].filter((name) => name.endsWith('000.jpg')));
});

test('what the pack says is written, so that nothing is rendered where there is one', async () => {
  const own = rendered.map((photo, i) => ({ ...photo, jpeg: Buffer.from(`photo ${i}`) }));
  writeFileSync(pack, encodePack(own));
  expect([...(await written(pack)).values()].map(String).sort()).toEqual(own.map(({ jpeg }) => String(jpeg)).sort());
});

test('a pack that is damaged, cut off, of other scenes or too small is not used', async () => {
  const whole = encodePack(rendered);
  const end = whole.indexOf('\n');
  const flipped = Buffer.from(whole);
  flipped[end + 500]! ^= 1;
  const others = Buffer.from(whole.toString('latin1').replace(/"scenes":"./, '"scenes":"x'), 'latin1');
  for (const bytes of [
    flipped,
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, end - 3),
    others,
    Buffer.alloc(0),
  ]) {
    writeFileSync(pack, bytes);
    expect(await readPack(pack)).toBeNull();
  }
  writeFileSync(pack, encodePack(rendered.slice(1)));
  expect(await written(pack)).toEqual(await written(nowhere));
});

test('a folder that holds something is left as it is', async () => {
  const folder = join(scratch, 'mine');
  mkdirSync(folder);
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  await expect(renderSampleSet(folder, { pack: nowhere })).rejects.toMatchObject({ key: 'folder-not-empty.sample' });
  expect(readdirSync(folder)).toEqual(['mine.txt']);
});

test('a folder that somebody fills meanwhile is left as it is, and said not to be empty', async () => {
  const folder = join(scratch, 'filled meanwhile');
  const fill = () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mine.txt'), 'mine');
  };
  const signal = { throwIfAborted: fill } as unknown as AbortSignal;
  const code = { code: 'folder-not-empty' };
  await expect(renderSampleSet(folder, { photosPerClass: 1, pack: nowhere, signal })).rejects.toMatchObject(code);
  expect(readdirSync(folder)).toEqual(['mine.txt']);
  expect(readdirSync(scratch).filter((name) => name.includes('.partial-'))).toEqual([]);
});

test('what a killed process had rendered is taken away by the next, what a living one renders and what is another’s is not', async () => {
  const folder = join(scratch, 'killed');
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const others = [
    `killed.partial-${process.pid}`,
    `killed.partial-${process.ppid}`,
    'killed.partial-',
    'killed.partial-2x',
  ];
  others.push(`killed too.partial-${ended}`);
  for (const name of [...others, `killed.partial-${ended}`])
    mkdirSync(join(scratch, name, 'discs'), { recursive: true });
  writeFileSync(join(scratch, `killed.partial-${ended}`, 'discs', '000.jpg'), '');
  await renderSampleSet(folder, { photosPerClass: 1, pack: nowhere });
  const left = readdirSync(scratch).filter((name) => name.includes('.partial-'));
  expect(left.sort()).toEqual(others.slice(1).sort()); // that of this process has become the folder
  for (const name of left) rmSync(join(scratch, name), { recursive: true });
});
