/**
 * The home folder: where it is and what lies in it. Nothing is ever written outside it except where a person sends
 * an export. Apart from home.ts, so that the desktop shell knows the paths without loading a database.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, isAbsolute, join, resolve } from 'node:path';
import { personsFolder } from '../files/place.ts';
import { imageExtensions } from '../../shared/imageFormats.ts';

/** LOOKALIKE_HOME, or the system's. */
export function defaultHome(env = process.env): string {
  return env['LOOKALIKE_HOME'] ? resolve(env['LOOKALIKE_HOME']) : systemHome(env);
}

/** The platform's folder for application data, where nobody chose another. */
export function systemHome(env = process.env): string {
  if (process.platform === 'win32')
    return join(env['APPDATA'] || join(personsFolder(), 'AppData', 'Roaming'), 'Lookalike');
  if (process.platform === 'darwin') return join(personsFolder(), 'Library', 'Application Support', 'Lookalike');
  const data = env['XDG_DATA_HOME'] ?? ''; // a relative one is to be ignored, says its specification
  return join(isAbsolute(data) ? data : join(personsFolder(), '.local', 'share'), 'lookalike');
}

/** Every path below the home, in one place. */
export function homePaths(home: string) {
  const run = (id: string) => join(home, 'runs', id);
  return {
    home,
    database: join(home, DATABASE),
    lock: join(home, 'lock'),
    /** Held by who is about to open the home, or closing it (turn.ts). */
    turn: join(home, 'turn'),
    /** Where a command line finds the application that holds the home. */
    socket: socketPath(home),
    /** The folder of the socket where that is not the home: for this person alone, which local.ts sees to. */
    socketFolder: socketFolder(home),
    runs: join(home, 'runs'),
    /** Names the runs that are being brought back, while they are (recover.ts). */
    recovering: join(home, 'recovering.json'),
    run,
    checkpoints: (id: string) => join(run(id), 'checkpoints'),
    checkpoint: (id: string, file: string) => join(run(id), 'checkpoints', file),
    embeddings: (id: string) => join(run(id), 'embeddings'),
    /** Second names of checkpoints that somebody waits to read. */
    held: (id: string) => join(run(id), 'held'),
    /** Held by the process that trains the run. */
    runLock: (id: string) => join(run(id), 'lock'),
    cache: join(home, 'cache'),
    photoCache: join(home, 'cache', 'photos'),
    thumbnails: join(home, 'cache', 'thumbnails'),
    /** What was found of duplicates (duplicates/findings.ts). */
    duplicates: join(home, 'duplicates'),
    /** Of the program's own modules (compiled.ts). */
    compiled: join(home, 'cache', 'compiled'),
    exports: join(home, 'exports'),
    /** Known weights that were fetched. */
    weights: join(home, 'weights'),
    sample: join(home, 'sample photos'),
  };
}
export type HomePaths = ReturnType<typeof homePaths>;

/** Names of local sockets are at most about 100 bytes long. */
const fitsInside = (home: string): boolean => Buffer.byteLength(join(home, SOCKET)) <= 100;
const SOCKET = 'app.sock';
const hashOf = (home: string): string => createHash('sha256').update(home).digest('hex').slice(0, 16);

/** A long home's is kept in the temporary folder, in one of the person's own: its name can be reckoned by anybody. */
function socketFolder(home: string): string | null {
  if (process.platform === 'win32' || fitsInside(home)) return null;
  return join(tmpdir(), `lookalike-${process.getuid!()}`);
}

function socketPath(home: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\lookalike-${hashOf(home)}`;
  const apart = socketFolder(home);
  return apart === null ? join(home, SOCKET) : join(apart, `${hashOf(home)}.sock`);
}

const DATABASE = 'lookalike.db';
/** Folders that a home has, as homePaths names them; no photos of a person lie in them. */
const ownFolders = ['runs', 'cache', 'duplicates', 'exports', 'weights', 'desktop', 'command-line'];
export const ownPlaces = (home: string): string[] => ownFolders.map((name) => join(home, name));

/** Whether a folder is a home, also one that lost its history. */
export const isBegun = (home: string): boolean =>
  entriesOf(home).some(({ name }) => name === 'lock' || name.startsWith(DATABASE));

/**
 * A photo that lies in a folder that is to become a home, or below it where each of its folders holds some (classes,
 * years): beside one folder of photos, or beside other things, a person may keep a home.
 */
export function photoIn(home: string): string | null {
  const { photo, folders } = looked(home);
  if (photo !== null) return photo;
  if (folders.length < 2) return null;
  let first: string | null = null;
  for (const name of folders.slice(0, LOOKED_INTO)) {
    const found = photoBelow(join(home, name));
    if (found === null) return null;
    first ??= join(name, found);
  }
  return first;
}

/** Folders of a folder that are looked into. */
const LOOKED_INTO = 50;

/** One in the folder itself, or in one of its folders. */
function photoBelow(folder: string): string | null {
  const { photo, folders } = looked(folder);
  if (photo !== null) return photo;
  for (const name of folders.slice(0, LOOKED_INTO)) {
    const within = looked(join(folder, name)).photo;
    if (within !== null) return join(name, within);
  }
  return null;
}

function looked(folder: string): { photo: string | null; folders: string[] } {
  const seen = entriesOf(folder).filter(({ name }) => !name.startsWith('.'));
  const isPhoto = ({ name }: Dirent) => imageExtensions.includes(extname(name).slice(1).toLowerCase());
  const photo = seen.find((entry) => !entry.isDirectory() && isPhoto(entry))?.name ?? null;
  return { photo, folders: seen.filter((entry) => entry.isDirectory()).map(({ name }) => name) };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not there, or closed, which opening it says
  }
}
