/** Long messages, which a thread reads: heard as they were sent, in their order, with turns for others before. */
import { createServer } from 'node:http';
import { connect as connectSocket, createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as breathe } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Message, Transport } from '../../shared/contract.ts';
import { webSocketTransport } from '../../shared/transport.ts';
import type { WebSocketLike } from '../../shared/transport.ts';
import { textFrames, TextParts } from '../../shared/longText.ts';
import { textOf } from '../../src-main/app/arriving.ts';
import { Arriving } from '../../src-main/app/index.ts';
import { socketTransport } from '../../src-main/app/transport.ts';
import { pageTransport } from '../../src-main/server/pageTransport.ts';

const asking = (id: number, csv: string): Message => ({
  type: 'request',
  id,
  method: 'library.readCsv',
  params: { datasetId: 'd', csv },
});
const said = (message: Message) => JSON.stringify(message);
const long = 'böse/1.jpg,kind "1"\n'.repeat(20);

test('a long message is heard in its turn, and others have theirs before it', async () => {
  const heard: (Message | null)[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const arriving = new Arriving((message) => {
    heard.push(message);
    if (heard.length === 5) resolve();
  }, 200);
  arriving.take([said(asking(1, 'a'))]);
  expect(heard.length).toBe(1); // at once
  const bytes = Buffer.from(said(asking(2, long)));
  arriving.take([bytes]);
  arriving.take([said(asking(3, 'b')).slice(0, 9), said(asking(3, 'b')).slice(9)]);
  arriving.take([`${said(asking(4, long))}]`]); // is none
  arriving.take([said(asking(5, 'c'))]);
  await breathe();
  expect(heard.length).toBe(1);
  await all;
  expect(heard).toEqual([asking(1, 'a'), asking(2, long), asking(3, 'b'), null, asking(5, 'c')]);
  await breathe();
  arriving.take([said(asking(6, 'd'))]);
  expect(heard.at(-1)).toEqual(asking(6, 'd')); // at once again
});

/** Both ends of a line, that of the application first. */
const lines: Record<string, () => Promise<[Transport, Transport]>> = {
  async socket() {
    const { promise, resolve } = Promise.withResolvers<Transport>();
    const server = createSocketServer((socket) => {
      resolve(socketTransport(socket));
      server.close();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const there = socketTransport(connectSocket((server.address() as AddressInfo).port, '127.0.0.1'));
    return [await promise, there];
  },
  async WebSocket() {
    const { promise, resolve } = Promise.withResolvers<Transport>();
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    server.on('connection', (socket) => {
      resolve(pageTransport(socket, 1e8));
      http.close();
    });
    await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
    const { port } = http.address() as AddressInfo;
    const there = webSocketTransport(new WebSocket(`ws://127.0.0.1:${port}`) as unknown as WebSocketLike);
    return [await promise, there];
  },
};

test('a long text goes as several frames, no letter cut in two, and is put together', () => {
  const text = `{${'+=\ufeff🐦'.repeat(600_000)}}`;
  const frames = [...textFrames(text)];
  expect(frames.length).toBeGreaterThan(2);
  expect(frames.every((frame) => frame.isWellFormed())).toBe(true);
  const parts = new TextParts<string>();
  expect(frames.slice(0, -1).map((frame) => parts.take(frame))).toEqual(frames.slice(1).map(() => null));
  expect(parts.take(frames.at(-1)!)!.join('') === text).toBe(true);
  const bytes = new TextParts<Uint8Array>();
  const whole = frames.map((frame) => bytes.take(new TextEncoder().encode(frame))).at(-1)!;
  expect(textOf(whole) === text).toBe(true);
  expect(parts.take('{}')).toEqual(['{}']);
  expect([...textFrames('{}')]).toEqual(['{}']);
  const short = new TextParts<string>(5);
  short.take('+1234');
  expect(() => short.take('+56')).toThrow(RangeError);
});

test.each(Object.keys(lines))('a CSV of very many lines comes by a %s as it was sent', async (kind) => {
  const [here, there] = await lines[kind]!();
  const heard: Message[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  here.onMessage((message) => {
    heard.push(message);
    if (heard.length === 3) resolve();
  });
  const csv = 'café/1.jpg,a\n'.repeat(700_000);
  for (const [i, text] of ['first', csv, 'last'].entries()) there.send(asking(i, text));
  await all;
  expect(heard.map(({ type }) => type)).toEqual(['request', 'request', 'request']);
  expect(heard.map((message) => JSON.stringify(message))).toEqual(
    ['first', csv, 'last'].map((text, i) => said(asking(i, text))),
  );
  there.close();
  here.close();
});
