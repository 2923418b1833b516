/** One suite over every transport: requests, failures, cancelling, events, losing the line, and a new one. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { connect as connectSocket, createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, serve } from '../../shared/client.ts';
import type { Transport } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { memoryPair, portTransport, webSocketTransport } from '../../shared/transport.ts';
import type { WebSocketLike } from '../../shared/transport.ts';
import { processTransport, socketTransport } from '../../src-main/app/transport.ts';
import { fakeApp } from '../helpers/fakeApp.ts';

/** Opens a line to a served fakeApp. */
const opens: Record<string, () => Promise<Transport> | Transport> = {
  memory() {
    const [here, there] = memoryPair();
    serve(there, fakeApp());
    return here;
  },
  'message port'() {
    const { port1, port2 } = new MessageChannel();
    serve(portTransport(port2), fakeApp());
    return portTransport(port1);
  },
  'child process'() {
    const child = fork(new URL('../helpers/fakeAppProcess.ts', import.meta.url), [], {
      serialization: 'advanced',
      execArgv: [],
    });
    return processTransport(child);
  },
  async socket() {
    const server = createSocketServer((socket) => {
      serve(socketTransport(socket), fakeApp());
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return socketTransport(connectSocket((server.address() as AddressInfo).port, '127.0.0.1'));
  },
  async WebSocket() {
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    server.on('connection', (socket) => {
      serve(webSocketTransport(socket as unknown as WebSocketLike), fakeApp());
      http.close();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return webSocketTransport(
      new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`) as unknown as WebSocketLike,
    );
  },
};

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe.each(Object.entries(opens))('%s', (_name, open) => {
  const client = async () => {
    const made = connect(await open());
    closing.push(() => made.close());
    return made;
  };

  test('answers a call, whatever characters are in it', async () => {
    const { call } = await client();
    const awkward = 'line\nbreak \u2028 café 🦉 "quoted" \u0000';
    expect(await call('library.rename', { datasetId: 'd', name: awkward })).toMatchObject({ name: awkward });
  });

  test('answers many calls at once, each its own', async () => {
    const { call } = await client();
    const names = Array.from({ length: 50 }, (_, i) => `name ${i}`);
    const answers = await Promise.all(names.map((name) => call('library.rename', { datasetId: 'd', name })));
    expect(answers.map((answer) => answer.name)).toEqual(names);
  });

  test('an error crosses as name, message, code and details', async () => {
    const { call } = await client();
    await expect(call('library.get', { datasetId: 'missing' })).rejects.toMatchObject({
      name: 'AppError',
      code: 'not-found',
      message: 'there is no folder missing',
      details: { id: 'missing' },
    });
  });

  test('a cancelled call rejects at once and stops the work on the other side', async () => {
    const { call } = await client();
    const abort = new AbortController();
    const slow = call('library.csvReport', { datasetId: 'd' }, { signal: abort.signal });
    await call('library.list', null); // the slow one is under way by now
    abort.abort();
    await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(async () => (await call('library.browse', { folder: 'aborted' })).images).toBe(1);
  });

  test('events arrive in order, until their listener is taken off', async () => {
    const { call, on } = await client();
    const seen: string[] = [];
    const off = on('runRemoved', (event) => seen.push(event.runId));
    await call('runs.delete', { runId: 'a' });
    await call('runs.delete', { runId: 'b' });
    await expect.poll(() => seen).toEqual(['a', 'b']);
    off();
    await call('runs.delete', { runId: 'c' });
    await call('library.list', null);
    expect(seen).toEqual(['a', 'b']);
  });

  test('large answers come whole', async () => {
    const { call } = await client();
    const map = await call('explore.map', { embeddingSetId: 'e', layout: 'pca' });
    expect(map.positions.length).toBe(200_000);
    expect(map.positions[199_999]).toBeCloseTo(199_999 / 1e6, 6);
    expect([...map.labels]).toEqual([-1, 7]);
    expect(map.classes).toEqual([]);
    expect(map.clusters.length).toBe(0);
    expect([...IdList.read(map.imageIds)]).toEqual(['é', 'b']);
    const ids = await call('photos.ids', { datasetId: 'd' }); // an answer that is bytes itself
    expect([...IdList.read(ids)]).toEqual(['a-1', 'a-20']);
  });

  test('losing the line rejects what is open; a new one answers what was asked meanwhile', async () => {
    const first = await open();
    const { call, attach, onConnection, close } = connect(first);
    closing.push(close);
    const connections: boolean[] = [];
    onConnection((connected) => connections.push(connected));
    await call('library.list', null);
    const slow = call('library.csvReport', { datasetId: 'd' });
    const lost = expect(slow).rejects.toMatchObject({ code: 'disconnected' });
    first.close();
    await lost;
    await expect.poll(() => connections).toEqual([false]);
    const early = call('library.browse', { folder: 'aborted' });
    attach(await open());
    expect(await early).toMatchObject({ images: expect.any(Number) as number });
    expect(connections).toEqual([false, true]);
  });
});

test('calls after closing are refused', async () => {
  const [here] = memoryPair();
  const client = connect(here);
  client.close();
  await expect(client.call('library.list', null)).rejects.toMatchObject({ code: 'disconnected' });
});

test('a reader that stopped is left, before what waits for it fills the memory', async () => {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const reader = connectSocket((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const socket = await accepted;
  closing.push(() => (reader.destroy(), socket.destroy(), server.close()));
  const most = 1_000_000;
  const transport = socketTransport(socket, most);
  let isOpen = true;
  transport.onClose(() => void (isOpen = false));
  const runId = 'x'.repeat(100_000);
  let waiting = 0;
  for (let sent = 0; isOpen && sent < 10_000; sent++) {
    transport.send({ type: 'event', event: { name: 'runRemoved', runId } });
    waiting = Math.max(waiting, socket.writableLength);
    await setImmediate();
  }
  expect(isOpen).toBe(false);
  expect(waiting).toBeLessThan(most + 2 * runId.length);
});
