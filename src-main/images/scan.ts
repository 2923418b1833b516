/**
 * Walks a folder of photos: streaming, cancellable, in little memory, and without opening anything that could hang.
 * What looks like a photo by its extension is either an image or listed with a reason; other files are counted and
 * passed over, except that one with no or an unknown extension is looked at for an image's signature. Hidden files and
 * folders (a leading dot) are passed over and counted: thumbnails' folders, version control, the Mac's ._ companions.
 * Names are kept exactly as they are on disk, NFC and NFD alike, and those that are not UTF-8 too (files/names.ts). What
 * another computer holds is listed and not opened (elsewhere.ts). Leaves decoding to decode/.
 */
import { opendir, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join, relative as relativePath, sep } from 'node:path';
import { reason } from '../../shared/reason.ts';
import type { KeyOf } from '../../shared/errors.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { identityOf, nameOfBytes, systemPath } from '../files/index.ts';
import { isPhotosLibrary, isPlaceholder, isProtected, placeholderOf } from './elsewhere.ts';
import { ImageError, skipReason, systemReason } from './errors.ts';
import type { ImageErrorCode } from './errors.ts';
import { SNIFF_BYTES, kindByName, mayBeHeader, passedByName, sniffFormat } from './formats.ts';
import { unreadByName, unreadBySignature } from './formats.ts';
import { openForReading, specialFile } from './read.ts';
import { emptyScanCounts } from './scanned.ts';
import type { ScanCounts, ScanEntry, Sidecar, SkippedFile } from './scanned.ts';
import { isZarrFolder, isZarrName } from './zarr.ts';

/** An entry of a folder. */
interface Entry {
  name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

type SkipReason = Reason<KeyOf<ImageErrorCode | 'scan'>>;
export interface ScanOptions {
  signal?: AbortSignal;
  counts?: ScanCounts;
  /** The home, which is not read where it lies in the folder. */
  home?: string;
}

/** Names read from a folder, and looked up together, at a time. */
const BATCH = 256;

/**
 * Everything below `root`, an entry at a time, in the order of the disk. Throws ImageError if `root` itself cannot be
 * read, and the signal's reason when it is aborted.
 */
export async function* scanFolder(root: string, options: ScanOptions = {}): AsyncGenerator<ScanEntry> {
  for await (const batch of scanBatches(root, options)) yield* batch;
}

/**
 * scanFolder in batches of up to 256 entries. Throws too where `root` is no longer there at the end: what vanished
 * half-way must not pass for a folder with half its photos.
 */
export async function* scanBatches(root: string, options: ScanOptions = {}): AsyncGenerator<ScanEntry[]> {
  const walk = new Walk(root, options);
  await walk.start();
  for (let folder = walk.folders.pop(); folder !== undefined; folder = walk.folders.pop()) {
    yield* walk.readFolder(folder);
  }
  await walk.finish();
}

class Walk {
  readonly folders: string[] = [];
  readonly #root: string;
  #realRoot = '';
  /** Device of the root: another one at the end means that its disk was taken away meanwhile. */
  #device: bigint | null = null;
  readonly #signal: AbortSignal | undefined;
  readonly #counts: ScanCounts;
  /** Device and inode of every folder entered, so that a loop of links or mounts ends. */
  readonly #entered = new Set<string>();
  readonly #home: string | null;

  constructor(root: string, options: ScanOptions) {
    this.#root = root;
    this.#signal = options.signal;
    this.#home = options.home === undefined ? null : identityOf(options.home);
    this.#counts = options.counts ?? emptyScanCounts();
  }

  async start(): Promise<void> {
    try {
      const root = systemPath(this.#root);
      if (isPhotosLibrary(this.#root)) throw new ImageError(this.#root, 'unreadable.photos-library');
      this.#realRoot = await realName(this.#root);
      const found = await stat(root, { bigint: true });
      if (!found.isDirectory()) throw new ImageError(this.#root, 'not-a-file.no-folder', { folder: this.#root });
      this.#device = found.dev;
      this.#entered.add(`${found.dev}:${found.ino}`);
      await (await opendir(root as string)).close();
      if (await isZarrFolder(this.#root)) throw new ImageError(this.#root, 'unsupported.zarr');
    } catch (error) {
      if (error instanceof ImageError) throw error;
      if (isProtected(error, process.platform))
        throw new ImageError(this.#root, 'unreadable.protected', { folder: this.#root });
      const isMissing = systemReason(error).key === 'missing';
      throw new ImageError(this.#root, isMissing ? 'missing.folder' : 'unreadable.folder', { folder: this.#root });
    }
    this.folders.push(this.#root);
  }

  async finish(): Promise<void> {
    const found = await stat(systemPath(this.#root), { bigint: true }).catch(() => null);
    if (!found?.isDirectory() || found.dev !== this.#device) throw vanished(this.#root);
  }

  async *readFolder(folder: string): AsyncGenerator<ScanEntry[]> {
    this.#counts.folders++;
    let names: Entry[] = [];
    try {
      // Closed by the iteration itself, also when it ends early.
      for await (const found of await openNames(folder)) {
        const name = nameOfBytes(found.name);
        if (name.startsWith('.') && placeholderOf(name) === null) {
          this.#counts.hidden++;
          continue;
        }
        const entry: Entry = {
          name,
          isFile: () => found.isFile(),
          isDirectory: () => found.isDirectory(),
          isSymbolicLink: () => found.isSymbolicLink(),
        };
        names.push(entry);
        if (names.length === BATCH) {
          yield await this.#lookUp(folder, names);
          names = [];
        }
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#counts.skipped++;
      const why = reason('unreadable.subfolder', { reason: systemReason(error) });
      yield [{ kind: 'skipped', file: folder, ...skipReason(why) }];
    }
    if (names.length > 0) yield await this.#lookUp(folder, names);
  }

  async #lookUp(folder: string, names: Entry[]): Promise<ScanEntry[]> {
    this.#signal?.throwIfAborted();
    const entries = await Promise.all(names.map((entry) => this.#examine(join(folder, entry.name), entry)));
    this.#signal?.throwIfAborted();
    const listed = entries.filter((entry) => entry !== null);
    for (const entry of listed) {
      if (entry.kind === 'image') this.#counts.images++;
      else if (entry.kind === 'skipped') this.#counts.skipped++;
    }
    return listed;
  }

  async #examine(path: string, entry: Entry): Promise<ScanEntry | null> {
    const kind = kindByName(entry.name);
    const skip = (why: SkipReason): SkippedFile => ({ kind: 'skipped', file: path, ...skipReason(why) });
    const other = (): null => {
      this.#counts.other++;
      const passed = passedByName(entry.name);
      if (passed) this.#counts.passed[passed] = (this.#counts.passed[passed] ?? 0) + 1;
      return null;
    };
    const stub = placeholderOf(entry.name);
    if (stub !== null) return kindByName(stub) === 'image' && entry.isFile() ? skip(reason('scan.elsewhere')) : other();
    if (entry.isFile() && /\.xmp$/i.test(entry.name)) return this.#sidecar(path);
    if (entry.isFile() && kind === 'other') return other();
    const unread = entry.isFile() ? unreadByName(entry.name) : null;
    if (unread !== null && mayBeHeader(path) && !(await opensAs(path, (head) => unreadBySignature(head) !== null)))
      return other();
    if (unread !== null) return skip(reason('unsupported.kind', { kind: unread }));
    if (entry.isDirectory() && isPhotosLibrary(entry.name)) return skip(reason('scan.photos-library'));
    if (entry.isDirectory() && isZarrName(entry.name)) return skip(reason('unsupported.zarr'));
    if (entry.isDirectory()) {
      const why = await this.#enterOnce(path, 'scan.folder-again');
      return why && skip(why);
    }

    let found: Stats;
    try {
      found = await stat(systemPath(path));
    } catch (error) {
      if (kind === 'other') return other();
      const why = systemReason(error);
      if (entry.isSymbolicLink() && why.key === 'missing')
        return kind === 'image' ? skip(reason('missing.link')) : other();
      return skip(why);
    }
    if (entry.isSymbolicLink()) {
      if (await this.#leadsInside(path)) {
        if (found.isDirectory()) return skip(reason('scan.link-to-folder'));
        return kind === 'image' ? skip(reason('scan.link-to-file')) : other();
      }
      if (found.isDirectory()) {
        const why = await this.#enterOnce(path, 'scan.link-to-folder');
        return why && skip(why);
      }
    }
    if (!found.isFile()) return kind === 'image' ? skip(reason(specialFile(found))) : other();
    if (kind === 'other') return other();
    if (found.size === 0) return kind === 'image' ? skip(reason('empty')) : other();
    if (isPlaceholder(found, path, process.platform))
      return kind === 'image' ? { ...skip(reason('scan.elsewhere')), bytes: found.size } : other();
    if (kind === 'unknown' && !(await opensAs(path, (head) => sniffFormat(head) !== null))) return other();
    return {
      kind: 'image',
      path,
      relative: relativePath(this.#root, path),
      bytes: found.size,
      modified: found.mtimeMs,
    };
  }

  async #sidecar(path: string): Promise<Sidecar | null> {
    this.#counts.other++;
    const found = await stat(systemPath(path)).catch(() => null);
    return found && { kind: 'sidecar', relative: relativePath(this.#root, path), modified: found.mtimeMs };
  }

  /** Queues the folder; answers why it does not: it was entered before, or is the home. */
  async #enterOnce(path: string, again: 'scan.folder-again' | 'scan.link-to-folder'): Promise<SkipReason | null> {
    try {
      const found = await stat(systemPath(path), { bigint: true });
      const identity = `${found.dev}:${found.ino}`;
      if (identity === this.#home) return reason('scan.home');
      if (this.#entered.has(identity)) return reason(again);
      this.#entered.add(identity);
    } catch {
      // Reading it will fail too, and that is where the reason is reported.
    }
    this.folders.push(path);
    return null;
  }

  async #leadsInside(path: string): Promise<boolean> {
    try {
      const target = await realName(path);
      return (
        target === this.#realRoot ||
        target.startsWith(this.#realRoot.endsWith(sep) ? this.#realRoot : this.#realRoot + sep)
      );
    } catch {
      return false;
    }
  }
}

const realName = async (path: string): Promise<string> =>
  nameOfBytes(await realpath(systemPath(path), { encoding: 'buffer' }));

/** The entries of a folder, their names as the disk has them. */
const openNames = (folder: string) =>
  opendir(systemPath(folder) as string, {
    bufferSize: BATCH,
    encoding: 'buffer' as BufferEncoding,
  }) as unknown as Promise<AsyncIterable<Omit<Entry, 'name'> & { name: Buffer }>>;

/** The error for a folder that was there when its reading began and is gone. */
export const vanished = (root: string): ImageError => new ImageError(root, 'missing.vanished', { folder: root });

/** Whether the first bytes of a file are so; not where it cannot be read. */
async function opensAs(path: string, isSo: (head: Buffer) => boolean): Promise<boolean> {
  try {
    const handle = await openForReading(path);
    try {
      const head = Buffer.alloc(SNIFF_BYTES);
      const { bytesRead } = await handle.read(head, 0, SNIFF_BYTES, 0);
      return isSo(head.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return false; // it does not look like a photo by name, so it is not missed
  }
}

/**
 * The label of a photo by the folder it lies in: the folder at `depth` (1 is the first level below the scanned
 * folder), or null where it lies higher. Names that differ only in Unicode normal form are one label.
 */
export function labelOf(relative: string, depth = 1): string | null {
  const folders = relative.split(sep === '\\' ? /[\\/]/ : sep).slice(0, -1);
  return folders[depth - 1]?.normalize('NFC') ?? null;
}
