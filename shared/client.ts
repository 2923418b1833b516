/**
 * Both ends of the wire, for every host: `connect` gives a typed client over a Transport, `serve` answers its
 * calls from an application and passes its events on. Opening and reopening the transport is the host's
 * business: `attach` takes the new one, and listeners of `onConnection` ask for the state again.
 */
import { ContractError, toWireError } from './contract/wire.ts';
import { wireError } from './errors.ts';
import { isQuestion } from './questions.ts';
import { reason } from './reason.ts';
import type { Message, Transport } from './contract/wire.ts';
import type { AppEvent, AppEventName, AppMethod, AppParams, AppResult } from './contract.ts';

export interface CallOptions {
  /** Aborting rejects the call at once and tells the other side to stop working on it. */
  signal?: AbortSignal;
}

export type EventOf<N extends AppEventName> = Extract<AppEvent, { name: N }>;

export interface Client {
  /**
   * Asks the application. While no transport is attached a question waits for the next one, and before the first anything
   * does; what would do something (questions.ts) is rejected once a lost transport has not come back for a moment, and is
   * not done later. A call whose transport is lost is rejected, because it may or may not have been carried out.
   * @throws ContractError as the application threw it, or with code 'disconnected' or 'cancelled'.
   */
  call<M extends AppMethod>(method: M, params: AppParams<M>, options?: CallOptions): Promise<AppResult<M>>;
  on<N extends AppEventName>(name: N, listener: (event: EventOf<N>) => void): () => void;
  /** True at each attach (ask for the state again: events were missed), false when the transport is lost. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Goes on over a new transport; the old one is closed. */
  attach(transport: Transport): void;
  close(): void;
}

/** A transport that comes back this soon was never away. */
export const graceMilliseconds = 1500;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function connect(first?: Transport): Client {
  const pending = new Map<number, Pending>();
  /** Calls made while no transport was attached. */
  const waiting: { message: Extract<Message, { type: 'request' }>; call: Pending }[] = [];
  const listeners = new Map<string, Set<(event: never) => void>>();
  const connections = new Set<(connected: boolean) => void>();
  let transport: Transport | null = null;
  /** When the last one was lost, by performance.now(); null: there was none yet. */
  let lostAt: number | null = null;
  let detach: (() => void)[] = [];
  let nextId = 1;
  let closed = false;

  const disconnected = () => new ContractError(wireError('ContractError', reason('disconnected')));

  const unsent = () => new ContractError(wireError('ContractError', reason('disconnected.unsent')));

  const lose = () => {
    if (!transport) return;
    for (const stop of detach) stop();
    detach = [];
    transport = null;
    lostAt = performance.now();
    const lost = [...pending.values()];
    pending.clear();
    for (const call of lost) call.reject(disconnected());
    for (const listener of connections) listener(false);
  };

  const receive = (message: Message) => {
    if (message.type === 'event') {
      for (const listener of listeners.get(message.event.name) ?? []) listener(message.event as never);
    } else if (message.type === 'response' || message.type === 'failure') {
      const call = pending.get(message.id);
      pending.delete(message.id); // an answer to a cancelled call finds nothing here
      if (message.type === 'response') call?.resolve(message.result);
      else call?.reject(new ContractError(message.error));
    }
  };

  const client: Client = {
    call(method, params, options = {}) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(disconnected());
        const { signal } = options;
        const cancelled = () => new ContractError(wireError('AbortError', reason('cancelled.what', { what: method })));
        if (signal?.aborted) return reject(cancelled());
        const id = nextId++;
        const request = { type: 'request', id, method, params } as const;
        const abort = () => {
          const queued = waiting.findIndex((item) => item.message.id === id);
          if (queued >= 0) waiting.splice(queued, 1);
          if (pending.delete(id)) transport?.send({ type: 'cancel', id });
          reject(cancelled());
        };
        const done = () => signal?.removeEventListener('abort', abort);
        const call: Pending = {
          resolve: (value) => (done(), resolve(value as never)),
          reject: (error) => (done(), reject(error)),
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (transport) {
          pending.set(id, call);
          return transport.send(request);
        }
        waiting.push({ message: request, call });
        if (lostAt === null || isQuestion(method)) return;
        setTimeout(
          () => {
            const queued = waiting.findIndex((item) => item.message.id === id);
            if (queued >= 0) waiting.splice(queued, 1)[0]!.call.reject(unsent());
          },
          Math.max(0, lostAt + graceMilliseconds - performance.now()),
        );
      });
    },
    on(name, listener) {
      let set = listeners.get(name);
      if (!set) listeners.set(name, (set = new Set()));
      set.add(listener as (event: never) => void);
      return () => void set.delete(listener as (event: never) => void);
    },
    onConnection(listener) {
      connections.add(listener);
      return () => void connections.delete(listener);
    },
    attach(next) {
      if (closed) return next.close();
      const old = transport;
      lose();
      old?.close();
      transport = next;
      detach = [next.onMessage(receive), next.onClose(lose)];
      for (const { message, call } of waiting.splice(0)) {
        pending.set(message.id, call);
        next.send(message);
      }
      for (const listener of connections) listener(true);
    },
    close() {
      closed = true;
      const old = transport;
      lose();
      old?.close();
      for (const { call } of waiting.splice(0)) call.reject(disconnected());
    },
  };
  if (first) client.attach(first);
  return client;
}

/** What `serve` needs of an application. */
export interface Served {
  handle(method: string, params: unknown, context?: { signal?: AbortSignal }): Promise<unknown>;
  onEvent(listener: (event: AppEvent) => void): () => void;
}

/** Answers one transport until it closes or the returned function is called. Calls still open are aborted then. */
export function serve(transport: Transport, app: Served): () => void {
  const running = new Map<number, AbortController>();
  const answer = async (id: number, method: string, params: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    let reply: Message;
    try {
      reply = { type: 'response', id, result: await app.handle(method, params, { signal: controller.signal }) };
    } catch (error) {
      reply = { type: 'failure', id, error: toWireError(error) };
    }
    if (running.delete(id)) transport.send(reply);
  };
  const stops = [
    app.onEvent((event) => transport.send({ type: 'event', event })),
    transport.onMessage((message) => {
      if (message.type === 'request') void answer(message.id, message.method, message.params);
      else if (message.type === 'cancel') {
        running.get(message.id)?.abort();
        running.delete(message.id);
      }
    }),
    transport.onClose(() => stop()),
  ];
  const stop = () => {
    for (const off of stops.splice(0)) off();
    for (const controller of running.values()) controller.abort();
    running.clear();
  };
  return stop;
}
