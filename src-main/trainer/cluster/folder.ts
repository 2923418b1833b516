/** What stands in a folder that trains a run in PyTorch: the names of its files, and run.json, which its scripts read. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ProbeMetrics } from '../../../shared/metricRows.ts';
import { clusterResults, clusterScripts } from '../../../shared/cluster.ts';
import { Id } from '../../../shared/contract/dataset.ts';

export const clusterFormat = 'lookalike-cluster-1';

/** The fields of run.json that an import reads again; the rest is for the scripts. */
export const ClusterRun = z.object({
  format: z.literal(clusterFormat),
  run: z.string().nullable(),
  name: z.string(),
  untrained: ProbeMetrics.nullable(),
});
export type ClusterRun = z.infer<typeof ClusterRun>;

/** A row of photos.jsonl. */
export const ClusterPhoto = z.object({ id: Id, file: z.string() });
export type ClusterPhoto = z.infer<typeof ClusterPhoto>;

/** The folder of the scripts: of this package, five folders up when compiled, three in a checkout. */
const scripts = new URL(
  import.meta.url.endsWith('.ts') ? '../../cluster/' : '../../../../../src-main/cluster/',
  import.meta.url,
);

/** Name and text of each script. */
export async function readScripts(): Promise<Map<string, string>> {
  const there = await readdir(fileURLToPath(scripts));
  const missing = clusterScripts.filter((name) => !there.includes(name));
  if (missing.length > 0) throw new Error(`the scripts ${missing.join(', ')} are not where they belong`);
  const texts = clusterScripts.map(async (name) => [name, await readFile(new URL(name, scripts), 'utf8')] as const);
  return new Map(await Promise.all(texts));
}

export const resultsOf = (folder: string): string => join(folder, clusterResults);
