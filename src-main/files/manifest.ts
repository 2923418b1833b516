/**
 * Folders that results for other programs go into: new ones, or those that this module filled before. A manifest in the
 * folder names every file with its hash; what it does not name, or what has been changed since, is another's and is not
 * replaced unless a person says so.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, rmSync, statSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { retryBusySync } from './busy.ts';
import { FileError } from './errors.ts';
import { makeFolder } from './folder.ts';
import { acquireLock } from './lock.ts';
import type { Lock } from './lock.ts';
import { realPlace } from './place.ts';
import { readRecord, writeRecord } from './record.ts';
import { isTemporary, removeOwnTemporaryFiles } from './temporary.ts';

const manifestName = 'lookalike-files.json';
/** There while one application writes: another, of another home, is refused. Empty; a kill leaves it, locked by nobody. */
const lockName = 'lookalike-files.lock';
const version = 1;

/** SHA-256 by name, with '/' between folders; null while the file is being written. */
const Manifest = z.record(z.string(), z.string().nullable());
type Manifest = z.infer<typeof Manifest>;

/** What file managers leave behind; nobody's work. */
const litter: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '.directory']);

/**
 * Claims that are not over, by their folder: several pieces of work may write into one, each its files. Only one of
 * them at a time looks at what is ours and writes it down.
 */
interface Open {
  claims: Set<Claim>;
  last: Promise<unknown>;
  unlock: (() => void) | null;
}
const open = new Map<string, Open>();

/** @param place the folder with the symbolic links to it followed */
async function inTurn<T>(place: string, work: (claims: Set<Claim>, mine: Open) => Promise<T>): Promise<T> {
  const mine = open.get(place) ?? { claims: new Set(), last: Promise.resolve(), unlock: null };
  open.set(place, mine);
  const done = mine.last.then(() => work(mine.claims, mine));
  const settled = done.catch(() => {});
  mine.last = settled;
  try {
    return await done;
  } finally {
    if (mine.last === settled && mine.claims.size === 0) {
      open.delete(place);
      letOthersIn(mine);
    }
  }
}

function letOthersIn(mine: Open): void {
  mine.unlock?.();
  mine.unlock = null;
}

/** An empty file that stays harms nobody. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // the disk is gone, say
  }
}

/**
 * Keeps applications of other homes out of the folder; where its disk knows no locks, nothing does. Answers what lets
 * them in.
 * @throws FileError write-failed
 */
function keepOthersOut(folder: string): () => void {
  const file = join(folder, lockName);
  let lock: Lock | null;
  try {
    lock = acquireLock(file);
  } catch {
    return () => {}; // what cannot be written says so with its first file
  }
  if (!lock) throw new FileError('write-failed.in-use', { folder });
  const held = lock;
  return () => {
    const remove = () => rmSync(file, { force: true });
    if (process.platform !== 'win32') attempt(remove); // before it is let go, or that of who comes next would go
    held.release();
    if (process.platform === 'win32') attempt(() => retryBusySync(remove)); // nobody can remove what is open
  };
}

/**
 * Makes the folder where it is missing and writes down that `files` will be written into it.
 * @throws FileError not-ours where a file of another's would be replaced; write-failed, so while another application
 * writes there
 */
export async function claimFolder(folder: string, files: readonly string[], replace = false): Promise<Claim> {
  makeFolder(folder);
  const place = realPlace(folder);
  return inTurn(place, async (claims, mine) => {
    makeFolder(folder); // a claim that was given up took it away
    if (claims.size === 0 && !replace && !(await readManifest(folder))) await refuseFull(folder, false);
    mine.unlock ??= keepOthersOut(folder);
    const manifest = await readManifest(folder);
    const known = manifest && before(folder, manifest, claims);
    if (!replace) await refuseForeign(folder, files, known, manifest !== null);
    if (claims.size === 0) await removeOwnTemporaryFiles(folder);
    const stamps = new Map(files.map((file) => [file, { entry: known?.[file], stamp: stampOf(join(folder, file)) }]));
    await writeManifest(folder, { ...manifest, ...Object.fromEntries(files.map((file) => [file, null])) });
    const claim = new Claim(folder, place, stamps);
    claims.add(claim);
    return claim;
  });
}

/** What a manifest would say without the claims that are not over; null: nothing of what is in the folder. */
function before(folder: string, manifest: Manifest, claims: ReadonlySet<Claim>): Manifest | null {
  const known = { ...manifest };
  for (const claim of claims)
    for (const file of claim.files) {
      const entry = claim.entryOf(file, stampOf(join(folder, file)), manifest[file]);
      if (entry === undefined) delete known[file];
      else known[file] = entry;
    }
  return claims.size > 0 && Object.keys(known).length === 0 ? null : known;
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
  readonly #place: string;
  /** Of each file that it is for: its entry before, and what lay there. */
  readonly #before: Map<string, Before>;

  constructor(folder: string, place: string, before: Map<string, Before>) {
    this.folder = folder;
    this.#place = place;
    this.#before = before;
  }

  get files(): Iterable<string> {
    return this.#before.keys();
  }

  /** The entry of a file: one that was not written in the end is no more ours than before. */
  entryOf(file: string, stamp: string | null, entry: string | null | undefined): string | null | undefined {
    const before = this.#before.get(file);
    return entry === null && before?.stamp === stamp ? before.entry : entry;
  }

  /** Writes down what `files` hold now that they are whole; the others are what they were. */
  seal(files: readonly string[]): Promise<void> {
    return inTurn(this.#place, async (claims) => {
      const written = await Promise.all(
        files.map(async (file) => [file, await hashOf(join(this.folder, file))] as const),
      );
      const others = [...claims].filter((claim) => claim !== this);
      const entries: Manifest = { ...(await this.#known(claims)), ...Object.fromEntries(written) };
      for (const [file, entry] of written)
        for (const other of others.filter((claim) => claim.#before.has(file))) {
          other.#before.set(file, { entry, stamp: stampOf(join(this.folder, file)) });
          entries[file] = null;
        }
      await writeManifest(this.folder, entries);
      claims.delete(this);
    });
  }

  /** Takes the claim back after a failure: of a folder that nothing was written into nothing stays. */
  release(): Promise<void> {
    return inTurn(this.#place, async (claims, mine) => {
      claims.delete(this);
      const known = await this.#known(claims);
      if (Object.keys(known).length > 0) return writeManifest(this.folder, known);
      await rm(join(this.folder, manifestName), { force: true });
      if (claims.size === 0) letOthersIn(mine);
      await rmdir(this.folder).catch(() => {}); // a person's files are in it
    });
  }

  /** The entries of what is there, and of what others are about to write. */
  async #known(claims: ReadonlySet<Claim>): Promise<Manifest> {
    const others = new Set([...claims].flatMap((claim) => (claim === this ? [] : [...claim.files])));
    const known: Manifest = {};
    for (const [file, entry] of Object.entries((await readManifest(this.folder)) ?? {})) {
      const stamp = stampOf(join(this.folder, file));
      const now = this.entryOf(file, stamp, entry);
      if (entry === null && others.has(file)) known[file] = null;
      else if (stamp !== null && now !== undefined) known[file] = now;
    }
    return known;
  }
}

/** @throws FileError not-ours where a person's files are there */
async function refuseFull(folder: string, hasManifest: boolean): Promise<void> {
  const isNobodys = (name: string) =>
    litter.has(name) || name === lockName || isTemporary(name) || (hasManifest && name === manifestName);
  if (!(await readdir(folder)).every(isNobodys)) throw new FileError('not-ours.folder', { folder });
}

async function refuseForeign(
  folder: string,
  files: readonly string[],
  known: Manifest | null,
  hasManifest: boolean,
): Promise<void> {
  if (!known) await refuseFull(folder, hasManifest);
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
