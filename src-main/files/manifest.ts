/**
 * Folders that results for other programs go into: new ones, or those that this module filled before. A manifest in the
 * folder names every file with its hash; what it does not name, or what has been changed since, is another's and is not
 * replaced unless a person says so.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
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
export async function claimFolder(folder: string, files: readonly string[], replace = false): Promise<void> {
  makeFolder(folder);
  const known = await readManifest(folder);
  if (!replace) await refuseForeign(folder, files, known);
  await writeManifest(folder, { ...known, ...Object.fromEntries(files.map((file) => [file, null])) });
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

/** Writes down what `files` hold now that they are whole; of those claimed, what was not written is forgotten. */
export async function sealFolder(folder: string, files: readonly string[]): Promise<void> {
  const known = Object.entries((await readManifest(folder)) ?? {}).filter(([, hash]) => hash !== null);
  const written = await Promise.all(files.map(async (file) => [file, await hashOf(join(folder, file))] as const));
  await writeManifest(folder, Object.fromEntries([...known, ...written]));
}

/** Takes a claim back after a failure: of a folder that nothing was written into nothing stays. */
export async function releaseFolder(folder: string): Promise<void> {
  const known = Object.entries((await readManifest(folder)) ?? {}).filter(([file]) => existsSync(join(folder, file)));
  if (known.length > 0) return writeManifest(folder, Object.fromEntries(known));
  await rm(join(folder, manifestName), { force: true });
  await rmdir(folder).catch(() => {}); // a person's files are in it
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
