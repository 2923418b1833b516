/**
 * Folders that results for other programs go into: new ones, or those that this module filled before. A manifest in the
 * folder names every file with its hash; what it does not name, or what has been changed since, is another's and is not
 * replaced unless a person says so.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { FileError } from './errors.ts';
import { makeFolder } from './folder.ts';
import { readRecord, writeRecord } from './record.ts';
import { isTemporary } from './temporary.ts';

const manifestName = 'lookalike-files.json';
const version = 1;

/** SHA-256 by name, with '/' between folders; null while the file is being written. */
const Manifest = z.record(z.string(), z.string().nullable());
type Manifest = z.infer<typeof Manifest>;

/** What file managers leave behind; nobody's work. */
const litter: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '.directory']);

/**
 * Makes the folder where it is missing and writes down that `files` will be written into it.
 * @throws FileError not-ours where a file of another's would be replaced, write-failed
 */
export async function claimFolder(folder: string, files: readonly string[], replace = false): Promise<Claim> {
  makeFolder(folder);
  const known = await readManifest(folder);
  if (!replace) await refuseForeign(folder, files, known);
  const before = new Map(files.map((file) => [file, { entry: known?.[file], stamp: stampOf(join(folder, file)) }]));
  await writeManifest(folder, { ...known, ...Object.fromEntries(files.map((file) => [file, null])) });
  return new Claim(folder, before);
}

/** What a file is told by from one that takes its place; null where there is none. */
function stampOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : null;
}

interface Before {
  entry: string | null | undefined;
  stamp: string | null;
}

/** A folder while results are written into it. */
export class Claim {
  readonly folder: string;
  /** Of each file that it is for: its entry before, and what lay there. */
  readonly #before: ReadonlyMap<string, Before>;

  constructor(folder: string, before: ReadonlyMap<string, Before>) {
    this.folder = folder;
    this.#before = before;
  }

  /** Writes down what `files` hold now that they are whole; the others are what they were. */
  async seal(files: readonly string[]): Promise<void> {
    const written = await Promise.all(
      files.map(async (file) => [file, await hashOf(join(this.folder, file))] as const),
    );
    await writeManifest(this.folder, { ...(await this.#known()), ...Object.fromEntries(written) });
  }

  /** Takes the claim back after a failure: of a folder that nothing was written into nothing stays. */
  async release(): Promise<void> {
    const known = await this.#known();
    if (Object.keys(known).length > 0) return writeManifest(this.folder, known);
    await rm(join(this.folder, manifestName), { force: true });
    await rmdir(this.folder).catch(() => {}); // a person's files are in it
  }

  /** The entries of what is there; a file that was not written in the end is no more ours than before. */
  async #known(): Promise<Manifest> {
    const known: Manifest = {};
    for (const [file, entry] of Object.entries((await readManifest(this.folder)) ?? {})) {
      const stamp = stampOf(join(this.folder, file));
      const before = this.#before.get(file);
      const now = entry === null && before?.stamp === stamp ? before.entry : entry;
      if (stamp !== null && now !== undefined) known[file] = now;
    }
    return known;
  }
}

async function refuseForeign(folder: string, files: readonly string[], known: Manifest | null): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !litter.has(name) && !isTemporary(name));
  if (!known && names.length > 0) throw new FileError('not-ours.folder', { folder });
  for (const file of files) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const written = known?.[file];
    if (written === undefined) throw new FileError('not-ours.file', { path });
    if (written !== null && written !== (await hashOf(path))) throw new FileError('not-ours.changed', { path });
  }
}

/** Null where there is none that can be read: then nothing in the folder is known to be ours. */
async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const { content } = await readRecord(join(folder, manifestName));
    return Manifest.parse(content);
  } catch {
    return null;
  }
}

const writeManifest = (folder: string, manifest: Manifest): Promise<void> =>
  writeRecord(join(folder, manifestName), version, manifest);

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
