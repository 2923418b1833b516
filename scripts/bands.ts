/**
 * Are many bands truly trained on? Makes folders of 5-band TIFFs (16 bits of 12) whose class is to be seen in bands 4 and
 * 5 alone, trains on them by the command line twice, as pictures of three bands and on all bands, and says both kNN.
 *
 *   node scripts/bands.ts [--photos 400] [--epochs 10] [--size 32] [--seed 0] [--keep FOLDER] [--set key=value ...]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bandScene, CLASSES } from '../test/helpers/bands.ts';

const cli = fileURLToPath(new URL('../src-main/cli/main.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '400' },
    epochs: { type: 'string', default: '10' },
    size: { type: 'string', default: '32' },
    seed: { type: 'string', default: '0' },
    keep: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const root = values.keep ?? mkdtempSync(join(tmpdir(), 'bands-'));
const folder = join(root, 'photos');
for (let label = 0; label < CLASSES; label++) mkdirSync(join(folder, `class${label}`), { recursive: true });
for (let i = 0; i < Number(values.photos); i++)
  writeFileSync(join(folder, `class${i % CLASSES}`, `${i}.tif`), bandScene(i, i % CLASSES));

/** kNN of a run, in percent, untrained and trained. */
async function trained(name: string, settings: string[]): Promise<{ before: number; after: number }> {
  const given = [
    ...['method=simclr', 'backbone.width=0.25', 'backbone.stem=small', `imageSize=${values.size}`],
    ...['head.hiddenDim=128', 'head.outputDim=64', 'head.layers=2', 'batchSize=64', `epochs=${values.epochs}`],
    ...['minutes=null', 'augment.blur=0', 'probe.k=20', `seed=${values.seed}`, ...settings, ...values.set],
  ];
  const args = ['train', folder, '--json', '--name', name, ...given.flatMap((one) => ['--set', one])];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { ...process.env, LOOKALIKE_HOME: join(root, 'home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type?: string; metrics?: Record<string, number>; knn?: number });
  const knn = events.flatMap((event) => {
    const value = (event.metrics ?? (event as Record<string, unknown>))['knn'];
    return typeof value === 'number' ? [value] : [];
  });
  if (knn.length === 0) throw new Error(`no kNN was told: ${text.slice(-2000)}`);
  return { before: 100 * knn[0]!, after: 100 * knn.at(-1)! };
}

const rgb = await trained('three bands', []);
const all = await trained('all bands', ['input.channels=5', 'input.depth=16']);
const show = ({ before, after }: typeof rgb) => `${before.toFixed(1)} % at first, ${after.toFixed(1)} % trained`;
console.log(`picture of three bands: ${show(rgb)}\nall five bands: ${show(all)}`);
console.log(`${(all.after - rgb.after).toFixed(1)} points between them`);
if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
