/**
 * What was found of duplicates, in memory and as a file for each folder and embedding, so that it outlives the
 * application: finding it anew takes a minute. What cannot be read or written is found anew.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DuplicateKind } from '../../../shared/contract/duplicates.ts';
import { readRecord, writeRecord } from '../../files/index.ts';
import type { Finding } from './finder.ts';

export interface FindingOf {
  datasetId: string;
  embeddingSetId: string | null;
}

/** Counts up when findings are made by other rules. */
const VERSION = 1;
/** So many are kept. */
const REMEMBERED = 8;

const Kept = z.object({
  groups: z.array(z.object({ kind: DuplicateKind, ids: z.array(z.string()) })),
  looked: z.array(z.tuple([z.string(), z.string()])),
  missed: z.int(),
});

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
    const { groups, looked, missed } = finding;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeRecord(file, VERSION, { groups, looked: [...looked], missed });
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
      const { version, content } = await readRecord(file);
      if (version !== VERSION) return null;
      const { groups, looked, missed } = Kept.parse(content);
      return { groups, looked: new Map(looked), missed };
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
