/**
 * Records short real runs (recordings.ts) as fixtures for the verdict's tests and for the ordering of methods: the
 * history of each as the application would store it, with its settings and the folder it came from.
 *
 *   node scripts/record-runs.ts RUN... --cifar CIFAR10/TRAIN --sample SAMPLE --dim DIM [--set key=value ...] [--out FOLDER]
 *
 * RUN is a name of recordings.ts, or 'all'. Writes test/unit/fixtures/runs/RUN.json.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../shared/config.ts';
import { flatten, rounded } from '../test/unit/recordings.ts';
import type { StoredRun } from '../test/unit/recordings.ts';
import { recordings } from './recordings.ts';
import { configOf } from './recordings/recording.ts';
import type { Recording } from './recordings/recording.ts';
import { imagesOf, machine, trainOnce } from './training.ts';

const fixtures = fileURLToPath(new URL('../test/unit/fixtures/runs/', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cifar: { type: 'string' },
    sample: { type: 'string' },
    dim: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: fixtures },
  },
});
const wanted = positionals[0] === 'all' ? Object.keys(recordings) : positionals;
const unknown = wanted.filter((name) => !(name in recordings));
if (wanted.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `${unknown.length > 0 ? `there is no run ${unknown.join(', ')}; ` : ''}usage: node scripts/record-runs.ts RUN... --cifar FOLDER --sample FOLDER --dim FOLDER\nruns: ${Object.keys(recordings).join(', ')}\n`,
  );
  process.exit(2);
}

/** The settings that are not those of the method's defaults: parseConfig makes the whole of them again. */
function difference(config: RunConfig): ConfigPatch {
  const differing = (now: object, usual: object): object =>
    Object.fromEntries(
      Object.entries(now).flatMap(([key, value]) => {
        const old = (usual as Record<string, unknown>)[key];
        if (typeof value === 'object' && value !== null) {
          const inner = differing(value as object, old as object);
          return Object.keys(inner).length > 0 ? [[key, inner]] : [];
        }
        return value === old ? [] : [[key, value]];
      }),
    );
  return { method: config.method, ...differing(config, parseConfig({ method: config.method })) };
}

async function record(name: string, recording: Recording): Promise<void> {
  const { folder, perClass, about, half, matched } = recording;
  const place = values[folder];
  if (!place) throw new Error(`${name} needs --${folder} FOLDER`);
  const config = parseConfig(mergeConfig(configOf(recording), ...values.set.map(patchFromAssignment)));
  const images = imagesOf(place, perClass);
  const directory = mkdtempSync(join(tmpdir(), 'record-'));
  const { untrained, history, error } = await trainOnce(name, config, images, directory);
  rmSync(directory, { recursive: true, force: true });
  if (history.length === 0 || !untrained) throw new Error(`${name} ended before its first row`);
  const columns = Object.keys(flatten(history[0]!));
  const stored: StoredRun = {
    about,
    half,
    command: `node scripts/record-runs.ts ${name}`,
    folder,
    images: images.length,
    device: machine,
    seconds: Math.round(history.at(-1)!.trainingSeconds),
    config: difference(config),
    ...(matched ? { matched } : {}),
    untrained: rounded(untrained),
    columns,
    rows: history.map((row) => Object.values(flatten(row))),
    error: error?.code ?? null,
  };
  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    join(values.out, `${name}.json`),
    JSON.stringify(stored).replace('"rows":[', '"rows":[\n').replaceAll('],[', '],\n[') + '\n',
  );
}

for (const name of wanted) await record(name, recordings[name]!);
