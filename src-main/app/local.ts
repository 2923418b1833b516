/**
 * The local socket in the home: a command line beside an open application speaks to it here. A socket file in the
 * person's own folder (a named pipe on Windows), readable by that person alone.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { connect, serve } from '../../shared/client.ts';
import type { Client, Served } from '../../shared/client.ts';
import type { HomePaths } from './home.ts';
import { socketTransport } from './transport.ts';

/**
 * Returns what stops listening. Only for who holds the home's lock: an old socket file is taken away. Where the file
 * system knows no sockets there is none, and a second command is told that the home is in use.
 */
export async function listenLocally(paths: HomePaths, app: Served): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serve(socketTransport(socket), app);
  });
  if (process.platform !== 'win32') rmSync(paths.socket, { force: true });
  const listening = await new Promise<boolean>((resolve) => {
    server.on('error', () => resolve(false)); // also later: one connection's failure is no matter of the others
    server.listen(paths.socket, () => resolve(true));
  });
  if (!listening) return async () => {};
  if (process.platform !== 'win32') chmodSync(paths.socket, 0o600);
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
}

/** A client of the application that holds the home, or null when none answers. */
export function connectLocally(paths: HomePaths): Promise<Client | null> {
  return new Promise((resolve) => {
    const socket = connectSocket(paths.socket);
    socket.once('connect', () => resolve(connect(socketTransport(socket))));
    socket.once('error', () => resolve(null));
  });
}
