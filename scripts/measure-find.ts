/**
 * How long one answer takes while the rest of a tag is looked for among many photos: from an accepted or rejected
 * candidate to the ranking of all others, as a window asks for it. Photos are rows of a database with an embedding,
 * nothing is drawn. Milliseconds of the clock and of the process's processors (all threads), medians and the slowest,
 * by how many photos have the tag already.
 *
 *   node scripts/measure-find.ts [--photos 100000] [--dimensions 128] [--answers 30] [--tagged 5,1000,10000]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IdList } from '../shared/idList.ts';
import { createApp } from '../src-main/app/index.ts';
import { datasetId, embeddingSetId } from './scale/names.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '128' },
    answers: { type: 'string', default: '30' },
    tagged: { type: 'string', default: '5,1000,10000' },
  },
});
const count = Number(values.photos);
const home = mkdtempSync(join(tmpdir(), 'lookalike-find-'));
const filler = fileURLToPath(new URL('scale/fill.ts', import.meta.url));
execFileSync(process.execPath, [
  ...['--disable-warning=ExperimentalWarning', filler, home, String(count), values.dimensions],
]);
const app = await createApp({ home, host: { kind: 'test', version: '0' }, embedsFinished: false });
const processors = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
try {
  const ids = [...IdList.read(await app.handle('photos.ids', { datasetId }))];
  console.log(`${count.toLocaleString('en')} photos, ${values.dimensions} features, ${values.answers} answers each\n`);
  console.log('| tagged before | median, ms | slowest | processors, median | slowest | the first ranking |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [turn, tagged] of values.tagged.split(',').map(Number).entries()) {
    const { id: tagId } = await app.handle('tags.create', { name: `tag ${turn}` });
    const some = Array.from({ length: tagged }, (_, i) => ids[Math.floor((i * count) / tagged)]!);
    await app.handle('tags.set', { tagId, imageIds: some, on: true });
    const rank = () => app.handle('explore.find', { embeddingSetId, tagId, count: 24 });
    const opened = performance.now();
    let { imageIds: candidates } = await rank();
    const first = performance.now() - opened;
    const [clock, spent]: [number[], number[]] = [[], []];
    for (let i = 0; i < Number(values.answers); i++) {
      const [began, before] = [performance.now(), processors()];
      const imageIds = [candidates[0]!];
      // of three answers one says no, as where an encoder tells the tag apart
      if (i % 3 === 2) await app.handle('tags.reject', { tagId, imageIds, on: true });
      else await app.handle('tags.set', { tagId, imageIds, on: true });
      ({ imageIds: candidates } = await rank());
      clock.push(performance.now() - began);
      spent.push(processors() - before);
    }
    const told = [clock, spent].flatMap((all) => {
      const sorted = all.toSorted((a, b) => a - b);
      return [sorted[sorted.length >> 1]!, sorted.at(-1)!];
    });
    console.log(`| ${[tagged.toLocaleString('en'), ...[...told, first].map((ms) => ms.toFixed(0))].join(' | ')} |`);
  }
} finally {
  await app.close();
  rmSync(home, { recursive: true, force: true });
}
