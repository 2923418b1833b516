/**
 * What was found of duplicates, in memory and as a file for each folder and embedding, so that it outlives the
 * application: finding it anew takes a minute. What cannot be read or written is found anew.
 */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { IdList } from '../../../shared/idList.ts';
import { programAt } from '../../files/index.ts';
import { askOnce } from '../oneAnswer.ts';
import type { Finding } from './finder.ts';

export interface FindingOf {
  datasetId: string;
  embeddingSetId: string | null;
}

const thread = programAt('./findingsWorker', import.meta.url);

/** So many are kept. */
const REMEMBERED = 8;

/** A finding as it goes to the thread that reads and writes its file: of a million photos that takes seconds. */
export type FindingParts = Omit<Finding, 'looked'> & {
  ids: Uint8Array<ArrayBuffer>;
  versions: Uint8Array<ArrayBuffer>;
};
export type FindingsJob = { file: string; write: FindingParts | null };

export class Findings {
  readonly #folder: string;
  readonly #known = new Map<string, Promise<Finding | null>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null: nothing was looked for yet. */
  get(of: FindingOf): Promise<Finding | null> {
    const file = this.#fileOf(of);
    let known = this.#known.get(file);
    if (!known) this.#remember(file, (known = this.#read(file)));
    return known;
  }

  async set(of: FindingOf, finding: Finding): Promise<void> {
    const file = this.#fileOf(of);
    this.#remember(file, Promise.resolve(finding));
    const { looked, ...rest } = finding;
    try {
      await mkdir(this.#folder, { recursive: true });
      const write: FindingParts = { ...rest, ids: looked.ids.bytes, versions: looked.versions.bytes };
      await askOnce(thread, { file, write } satisfies FindingsJob);
      await this.#prune();
    } catch {
      // it serves until the application ends
    }
  }

  #fileOf({ datasetId, embeddingSetId }: FindingOf): string {
    const name = createHash('sha256')
      .update(`${datasetId} ${embeddingSetId ?? ''}`)
      .digest('hex')
      .slice(0, 24);
    return join(this.#folder, `${name}.json`);
  }

  #remember(file: string, finding: Promise<Finding | null>): void {
    this.#known.delete(file);
    this.#known.set(file, finding);
    for (const oldest of [...this.#known.keys()].slice(0, -REMEMBERED)) this.#known.delete(oldest);
  }

  async #read(file: string): Promise<Finding | null> {
    try {
      await access(file); // most folders were never looked through
      const found = await askOnce<FindingParts | null>(thread, { file, write: null } satisfies FindingsJob);
      if (!found) return null;
      const { ids, versions, ...rest } = found;
      const looked = { ids: await IdList.read(ids).prepare(breathe), versions: IdList.read(versions) };
      return { ...rest, looked };
    } catch {
      return null; // missing or damaged
    }
  }

  /** Removes the files of those that were made longest ago. */
  async #prune(): Promise<void> {
    const files = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    const dated = await Promise.all(
      files.map(async (name) => ({ name, at: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    for (const { name } of dated.sort((a, b) => b.at - a.at).slice(REMEMBERED)) await rm(join(this.#folder, name));
  }
}
