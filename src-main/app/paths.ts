/**
 * The home folder: where it is and what lies in it. Nothing is ever written outside it except where a person sends
 * an export. Apart from home.ts, so that the desktop shell knows the paths without loading a database.
 */
import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** LOOKALIKE_HOME, or the platform's folder for application data. */
export function defaultHome(env = process.env): string {
  if (env['LOOKALIKE_HOME']) return resolve(env['LOOKALIKE_HOME']);
  if (process.platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Lookalike');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Lookalike');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'lookalike');
}

/** Every path below the home, in one place. */
export function homePaths(home: string) {
  const run = (id: string) => join(home, 'runs', id);
  return {
    home,
    database: join(home, 'lookalike.db'),
    lock: join(home, 'lock'),
    /** Where a command line finds the application that holds the home. */
    socket: socketPath(home),
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

/** Names of local sockets are at most about 100 bytes long, so a long home's is kept in the temporary folder. */
function socketPath(home: string): string {
  const name = `lookalike-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = join(home, 'app.sock');
  return Buffer.byteLength(inside) <= 100 ? inside : join(tmpdir(), `${name}.sock`);
}
