/**
 * WebSockets of the browser host: one per page, each served by the same application. A page that is gone
 * without a word (sleep, a cut cable) is found by pings and let go.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { serve } from '../../shared/client.ts';
import type { Served } from '../../shared/client.ts';
import { pageTransport } from './pageTransport.ts';

/** The largest message is a dropped photo as base64. */
const maxPayload = 128 * 1024 * 1024;
const pingSeconds = 20;
/** A page that stopped reading is cut before its events fill this process's memory; it reconnects and asks anew. */
const maxBuffered = 64 * 1024 * 1024;

export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  readonly #alive = new WeakSet<WebSocket>();
  readonly #browserOf = new WeakMap<WebSocket, string>();
  readonly #timer: NodeJS.Timeout;
  readonly #app: Served;

  constructor(app: Served) {
    this.#app = app;
    this.#timer = setInterval(() => this.#ping(), pingSeconds * 1000);
    this.#timer.unref();
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, browserId: string): void {
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      this.#alive.add(ws);
      this.#browserOf.set(ws, browserId);
      ws.on('pong', () => this.#alive.add(ws));
      ws.on('error', () => ws.terminate()); // too large a message, a broken frame
      serve(pageTransport(ws, maxPayload), this.#app);
    });
  }

  #ping(): void {
    for (const ws of this.#server.clients) {
      if (!this.#alive.has(ws) || ws.bufferedAmount > maxBuffered) ws.terminate();
      else {
        this.#alive.delete(ws);
        ws.ping();
      }
    }
  }

  /** Hangs up on every page of a browser that was shut out. */
  dismiss(browserId: string): void {
    for (const ws of this.#server.clients) if (this.#browserOf.get(ws) === browserId) ws.terminate();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const ws of this.#server.clients) ws.terminate();
    this.#server.close();
  }
}
