/**
 * Measures the finder of duplicates on a set that is made for it (scripts/duplicates/set.ts) from a folder of
 * photographs: precision and recall of "the same picture" over pairs, and what became of other moments.
 *
 *   node scripts/duplicates.ts PHOTOS [--count 250] [--keep FOLDER]
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../src-main/app/index.ts';
import { makeSet } from './duplicates/set.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '250' },
    /** The set is made there, or found there from before. */
    keep: { type: 'string' },
  },
});
const [photos] = positionals;
if (!photos) {
  process.stderr.write('usage: node scripts/duplicates.ts PHOTOS [--count 250] [--keep FOLDER]\n');
  process.exit(2);
}
const home = mkdtempSync(join(tmpdir(), 'duplicates-'));
const folder = values.keep ?? join(home, 'set');
if (!existsSync(folder)) console.log(`${await makeSet(photos, folder, Number(values.count))} files made`);

const app = await createApp({ home: join(home, 'home'), host: { kind: 'test', version: '0' } });
const read = new Promise<void>((resolve) => {
  app.onEvent((event) => {
    if (event.name === 'scan' && event.progress.phase === 'done') resolve();
  });
});
const { id: datasetId } = await app.handle('library.add', { folder, read: true });
await read;
const before = process.cpuUsage();
const began = performance.now();
const ended = new Promise<void>((resolve, reject) => {
  app.onEvent((event) => {
    if (event.name !== 'task' || event.task.kind !== 'duplicates') return;
    if (event.task.state === 'done') resolve();
    if (event.task.state === 'failed') reject(new Error(event.task.error!.message));
  });
});
await app.handle('duplicates.start', { datasetId, embeddingSetId: null });
await ended;
const { user } = process.cpuUsage(before);
console.log(
  `found in ${((performance.now() - began) / 1000).toFixed(1)} s, ${(user / 1e6).toFixed(1)} s of this process`,
);

const groupsOf = async (kind: 'file' | 'picture' | 'alike') => {
  const groups: string[][] = [];
  for (let offset = 0; ; offset += 200) {
    const found = (await app.handle('duplicates.get', { datasetId, embeddingSetId: null, kind, offset, limit: 200 }))!;
    groups.push(...found.page.map((group) => group.photos.map(({ file }) => file.replace('.jpg', ''))));
    if (groups.length >= found.groups[kind]) return groups;
  }
};
const pairsOf = (groups: readonly string[][]) =>
  new Set(groups.flatMap((files) => files.flatMap((a, i) => files.slice(i + 1).map((b) => [a, b].sort().join(' ')))));
const original = (file: string) => file.split('-')[0]!;
const isMoment = (file: string) => file.includes('-moment-') || file.startsWith('texture');

const found = pairsOf([...(await groupsOf('file')), ...(await groupsOf('picture'))]);
const files = (await app.handle('photos.ids', { datasetId })).length;
const names: string[] = [];
for (let offset = 0; offset < files; offset += 2000)
  names.push(
    ...(await app.handle('library.images', { datasetId, offset, limit: 2000 })).images.map(({ file }) =>
      file.replace('.jpg', ''),
    ),
  );
const truth = pairsOf([
  ...Map.groupBy(
    names.filter((name) => !isMoment(name)),
    original,
  ).values(),
]);
const right = [...found].filter((pair) => truth.has(pair));
const wrong = [...found].filter((pair) => !truth.has(pair));
const share = (part: number, whole: number) => (whole ? part / whole : 1).toFixed(4);
console.log(`same picture: precision ${share(right.length, found.size)}, recall ${share(right.length, truth.size)}`);
console.log(
  `other moments called the same picture: ${wrong.length}${wrong.length ? `: ${wrong.slice(0, 10).join('; ')}` : ''}`,
);
const missed = [...truth].filter((pair) => !found.has(pair));
const ways = Map.groupBy(
  missed.flatMap((pair) => pair.split(' ')),
  (file) => file.split('-')[2] ?? 'original',
);
for (const [way, of] of ways) console.log(`  missed with ${way}: ${of.length}`);
for (const kind of ['photo', 'render']) {
  const of = [...truth].filter((pair) => pair.startsWith(kind));
  console.log(`  ${kind}s: recall ${share(of.filter((pair) => found.has(pair)).length, of.length)}`);
}
const alike = pairsOf(await groupsOf('alike'));
const moments = [...alike].filter((pair) => new Set(pair.split(' ').map(original)).size === 1);
console.log(`alike: ${alike.size} pairs, ${share(moments.length, alike.size)} of them moments of one picture`);
await app.close();
rmSync(home, { recursive: true, force: true });
