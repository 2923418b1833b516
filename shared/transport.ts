/**
 * Transports that need neither Node nor a browser: a pair in memory, a message port (worker, Electron) and a
 * WebSocket (browser or the ws package). Those of child processes and sockets are in src-main/app/transport.ts.
 */
import { frameOf, messageOf } from './frames.ts';
import { textFrames, TextParts } from './longText.ts';
import type { Message, Transport } from './contract/wire.ts';

/** The listener lists that every transport keeps; `closed` is told once, and to late listeners as well. */
export function emitter() {
  const messages = new Set<(message: Message) => void>();
  const closes = new Set<() => void>();
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    message(message: Message) {
      if (!isClosed) for (const listener of [...messages]) listener(message);
    },
    closed() {
      if (isClosed) return;
      isClosed = true;
      for (const listener of [...closes]) listener();
    },
    onMessage(listener: (message: Message) => void) {
      messages.add(listener);
      return () => void messages.delete(listener);
    },
    onClose(listener: () => void) {
      if (isClosed) queueMicrotask(listener);
      closes.add(listener);
      return () => void closes.delete(listener);
    },
  };
}

/** Two ends of one wire. Messages are copied and arrive later, as they would between processes. */
export function memoryPair(): [Transport, Transport] {
  const a = emitter();
  const b = emitter();
  const end = (own: ReturnType<typeof emitter>, other: ReturnType<typeof emitter>): Transport => ({
    send(message) {
      if (own.isClosed) return;
      const copy = structuredClone(message);
      queueMicrotask(() => other.message(copy));
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close() {
      own.closed();
      queueMicrotask(() => other.closed());
    },
  });
  return [end(a, b), end(b, a)];
}

/** What Node's and Electron's MessagePort, a Worker and a utility process's parentPort share. */
export interface PortLike {
  postMessage(message: unknown): void;
  on?: (...listen: never[]) => unknown;
  addEventListener?: (...listen: never[]) => unknown;
  start?(): void;
  close?(): void;
}

/** Electron's ports deliver an event with `data`, Node's the data itself. */
export function portTransport(port: PortLike): Transport {
  const events = emitter();
  const receive = (message: unknown) => {
    const data = message !== null && typeof message === 'object' && 'data' in message ? message.data : message;
    events.message(data as Message);
  };
  const listen = (port.on ?? port.addEventListener)!.bind(port) as unknown as (
    event: string,
    listener: (x: unknown) => void,
  ) => void;
  listen('message', receive);
  listen('close', () => events.closed());
  port.start?.();
  return {
    send(message) {
      if (!events.isClosed) port.postMessage(message);
    },
    onMessage: events.onMessage,
    onClose: events.onClose,
    close() {
      events.closed();
      port.close?.();
    },
  };
}

/** What a browser's WebSocket and that of the ws package share. */
export interface WebSocketLike {
  readonly readyState: number;
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(event: 'open' | 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
}

/** Frames (frames.ts) over a WebSocket; what is sent before it is open goes out when it opens. */
export function webSocketTransport(socket: WebSocketLike): Transport {
  const events = emitter();
  const early: (string | Uint8Array<ArrayBuffer>)[] = [];
  const parts = new TextParts<string>();
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    for (const frame of early.splice(0)) socket.send(frame);
  });
  socket.addEventListener('message', (event) => {
    const text = typeof event.data === 'string' ? parts.take(event.data) : null;
    if (typeof event.data === 'string' && text === null) return; // there is more to come
    const message = messageOf(text ? text.join('') : (event.data as ArrayBuffer));
    if (message) events.message(message);
    else socket.close(); // whoever speaks something else has no business here
  });
  socket.addEventListener('close', () => events.closed());
  return {
    send(message) {
      if (socket.readyState > 1) return;
      const frame = frameOf(message);
      for (const one of typeof frame === 'string' ? textFrames(frame) : [frame])
        if (socket.readyState === 0) early.push(one);
        else socket.send(one);
    },
    onMessage: events.onMessage,
    onClose: events.onClose,
    close: () => socket.close(),
  };
}
