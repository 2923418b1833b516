/**
 * Transports of Node: a child process (both ends, advanced serialisation) and a stream socket with one
 * message a line (the command line beside an open application). The others are in shared/transport.ts.
 */
import type { Socket } from 'node:net';
import { lineOf } from '../../shared/frames.ts';
import { emitter } from '../../shared/transport.ts';
import { Arriving } from './arriving.ts';
import type { Message, Transport } from '../../shared/contract.ts';

/** What `process` in a forked child and the ChildProcess in its parent share. */
export interface ProcessLike {
  readonly connected?: boolean;
  send?(message: unknown, callback?: (error: Error | null) => void): boolean;
  disconnect?(): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

export function processTransport(peer: ProcessLike): Transport {
  const events = emitter();
  peer.on('message', (message) => events.message(message as Message));
  peer.on('disconnect', () => events.closed());
  return {
    send(message) {
      // a peer that died a moment ago is reported by 'disconnect', not here
      if (peer.connected) peer.send!(message, () => {});
    },
    onMessage: events.onMessage,
    onClose: events.onClose,
    close() {
      if (peer.connected) peer.disconnect!();
    },
  };
}

/** A line is at most this long: the largest message is a query with its image (100 MB as base64). */
const longestLine = 128 * 1024 * 1024;

/**
 * `most`: characters that wait for a reader which stopped (a command that is suspended, say); at more of them the line
 * is cut, for they stand in the memory of who writes.
 */
export function socketTransport(socket: Socket, most = 2 * longestLine): Transport {
  const events = emitter();
  const arriving = new Arriving((message) => {
    if (socket.destroyed) return;
    if (message) events.message(message);
    else socket.destroy();
  });
  let parts: string[] = [];
  let length = 0;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      const line = [...parts, chunk.slice(from, at)];
      parts = [];
      length = 0;
      from = at + 1;
      arriving.take(line);
      if (socket.destroyed) return;
    }
    parts.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > longestLine) socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => events.closed());
  return {
    send(message) {
      if (socket.destroyed || !socket.writable) return;
      if (socket.writableLength > most) socket.destroy();
      else socket.write(`${lineOf(message)}\n`);
    },
    onMessage: events.onMessage,
    onClose: events.onClose,
    close: () => socket.end(),
  };
}
