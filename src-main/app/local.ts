/**
 * The local socket in the home: a command line beside an open application speaks to it here. A socket file in the
 * person's own folder (a named pipe on Windows), readable by that person alone.
 */
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { connect, serve } from '../../shared/client.ts';
import type { Client, Served } from '../../shared/client.ts';
import { AppError } from './errors.ts';
import type { HomePaths } from './home.ts';
import { socketTransport } from './transport.ts';

export interface LocalLine {
  /** How many are connected. */
  readonly clients: number;
  /** Nobody new is let in; those connected hear what the application says until `end`. */
  refuse(): void;
  end(): Promise<void>;
}

/**
 * A folder with the name of ours may have been made by another user, who would hear what commands say and answer them:
 * who listens and who connects looks whose it is, as tmux and ssh do.
 * @throws AppError bad-folder.not-private
 */
function assertPrivate({ socketFolder: folder }: HomePaths): void {
  const found = folder === null ? undefined : lstatSync(folder, { throwIfNoEntry: false });
  if (folder === null || !found) return;
  if (!found.isDirectory() || found.uid !== process.getuid!() || (found.mode & 0o077) !== 0)
    throw new AppError('bad-folder.not-private', { folder });
}

function makePrivate(paths: HomePaths): void {
  try {
    if (paths.socketFolder !== null) mkdirSync(paths.socketFolder, { mode: 0o700 });
  } catch {
    // there already, as somebody has made it; or not to be made, and there is no socket
  }
  assertPrivate(paths);
}

/**
 * Listens until it is ended; `onLeave` is called when a client has gone. Only for who holds the home's lock: an old
 * socket file is taken away. Where the file system knows no sockets there is none, and a second command is told that the
 * home is in use.
 * @throws AppError bad-folder.not-private
 */
export async function listenLocally(paths: HomePaths, app: Served, onLeave = () => {}): Promise<LocalLine> {
  makePrivate(paths);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      onLeave();
    });
    serve(socketTransport(socket), app);
  });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  if (process.platform !== 'win32') rmSync(paths.socket, { force: true });
  const listening = await new Promise<boolean>((resolve) => {
    server.on('error', () => resolve(false)); // also later: one connection's failure is no matter of the others
    server.listen(paths.socket, () => resolve(true));
  });
  if (listening && process.platform !== 'win32') chmodSync(paths.socket, 0o600);
  const refuse = () => {
    if (server.listening) server.close();
  };
  return {
    get clients() {
      return open.size;
    },
    refuse,
    async end() {
      refuse();
      for (const socket of open) socket.destroy();
      if (listening) await closed;
    },
  };
}

/**
 * A client of the application that holds the home, or null when none answers: there is none, or it is just closing.
 * @throws AppError bad-folder.not-private
 */
export async function connectLocally(paths: HomePaths): Promise<Client | null> {
  assertPrivate(paths);
  const client = await new Promise<Client | null>((resolve) => {
    const socket = connectSocket(paths.socket);
    socket.once('connect', () => resolve(connect(socketTransport(socket))));
    socket.once('error', () => resolve(null));
  });
  try {
    await client?.call('system.host', null);
    return client;
  } catch {
    client?.close();
    return null;
  }
}
