/**
 * Where given weights are from, and under which licence: as a person says, else as it is known of the run that they are
 * from, or of the file by its name and its SHA-256.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { PlanNote } from '../../../shared/contract.ts';
import { knownByFile } from '../../../shared/knownWeights.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import type { AppContext } from '../context.ts';
import { openGiven } from '../../files/index.ts';

/** The settings with what is known of the origin of their weights, and what to say of it. */
export async function withOrigin(
  { store }: AppContext,
  config: RunConfig,
  patch: ConfigPatch,
): Promise<{ config: RunConfig; note: PlanNote | null }> {
  const { init } = config.backbone;
  const same = { config, note: null };
  if (patch.backbone?.origin !== undefined || patch.backbone?.licence !== undefined) return same;
  const from = weightsOfRun(init);
  const run = from && store.runs.get(from.runId);
  if (run) {
    const { origin = '', licence = '' } = run.config.backbone; // which runs of earlier versions lack
    return { config: { ...config, backbone: { ...config.backbone, origin, licence } }, note: null };
  }
  const known = from ? null : knownByFile(basename(init));
  if (!known) return same;
  const sum = known.sha256 === null ? null : await sumOf(init).catch(() => null);
  if (sum !== null && !sum.startsWith(known.sha256!))
    return {
      config,
      note: {
        key: 'otherSum',
        message: `${basename(init)} has the name of ${known.name} and another SHA-256 (${sum.slice(0, 8)}): fetch it again from ${known.page}, or say what it is in backbone.origin`,
        values: { file: basename(init), name: known.name, sum: sum.slice(0, 8), page: known.page },
      },
    };
  const { name, page, licence } = known;
  return {
    config: { ...config, backbone: { ...config.backbone, origin: `${name}, ${page}`, licence } },
    note: {
      key: 'knownWeights',
      message: `these weights are ${name}${sum === null ? '' : ' (its SHA-256 is right)'}: ${licence}`,
      values: { name, licence },
    },
  };
}

/** A plan is made at every change of the form; the file is read once. */
let last: { key: string; sum: string } | null = null;

/** SHA-256 of a file, in hexadecimal digits. */
async function sumOf(path: string): Promise<string> {
  const file = await openGiven(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const key = `${path} ${size} ${mtimeMs}`;
    if (last?.key === key) return last.sum;
    const hash = createHash('sha256');
    for await (const piece of file.createReadStream({ autoClose: false })) hash.update(piece as Buffer);
    last = { key, sum: hash.digest('hex') };
    return last.sum;
  } finally {
    await file.close();
  }
}
