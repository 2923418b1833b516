/**
 * What known weights are worth on other photos: as they are (frozen), continued, and the same network from scratch for
 * equal steps, each seed by scripts/race.ts; then a run that is careless on purpose, by the trainer itself, which is to
 * be stopped within a tenth with its start kept.
 *
 *   node scripts/known.ts known.pth --train FOLDER --test FOLDER [--steps 400] [--seeds 0,1,2]
 *     [--set key=value ...] [--careless 20] [--arms frozen,continued,scratch,careless] [--out FILE]
 *
 * `--set` is for the continued runs alone. scripts/known/stand-in.py makes such weights.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig } from '../shared/config.ts';
import { presetPatch } from '../shared/presets.ts';
import { imagesOf, trainOnce } from './training.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    steps: { type: 'string', default: '400' },
    seeds: { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    careless: { type: 'string', default: '20' },
    arms: { type: 'string', default: 'frozen,continued,scratch,careless' },
    out: { type: 'string' },
  },
});
const [file] = positionals;
if (!file || !values.train || !values.test) {
  process.stderr.write('usage: node scripts/known.ts FILE --train FOLDER --test FOLDER\n');
  process.exit(2);
}
const known = resolve(file);
const race = fileURLToPath(new URL('./race.ts', import.meta.url));

function arm(name: string, steps: string, sets: readonly string[]): void {
  console.log(`${name}, ${steps} steps`);
  const { status } = spawnSync(
    process.execPath,
    [
      ...process.execArgv,
      race,
      'quick',
      ...['--train', values.train!, '--test', values.test!, '--steps', steps, '--seeds', values.seeds, '--no-linear'],
      ...['threads=1', ...sets].flatMap((set) => ['--set', set]),
      ...(values.out ? ['--out', values.out] : []),
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}

const arms = values.arms.split(',');
if (arms.includes('frozen')) arm('frozen', '0', [`backbone.init=${known}`]);
if (arms.includes('continued')) arm('continued', values.steps, [`backbone.init=${known}`, ...values.set]);
if (arms.includes('scratch')) arm('from scratch', values.steps, ['backbone.init=random']);
if (arms.includes('careless')) await careless();

async function careless(): Promise<void> {
  const images = imagesOf(values.train!);
  const epochs = Number(values.careless);
  const config = parseConfig(
    mergeConfig(presetPatch('quick', { images: images.length, device: 'cpu', side: 32 }), {
      minutes: null,
      epochs,
      threads: 1,
      backbone: { init: known },
      optimizer: { baseLearningRate: 10 },
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-careless-'));
  const { history, judgements, error } = await trainOnce('careless', config, images, folder, known);
  rmSync(folder, { recursive: true, force: true });
  const last = history.at(-1);
  console.log(
    `careless: ${judgements.at(-1)?.verdict ?? error?.message} at epoch ${last?.epoch} of ${epochs}, kNN ${last?.knn}`,
  );
}
