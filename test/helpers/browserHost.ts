/**
 * A server with a small renderer and one photo, for the file that imports this, and requests to it as a program sends
 * them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll } from 'vitest';
import type { AppEvent } from '../../shared/contract.ts';
import { KEY_HEADER, keyInAddress } from '../../shared/pageKey.ts';
import { startServer } from '../../src-main/server/index.ts';
import type { RunningServer } from '../../src-main/server/index.ts';
import { memoryAccess } from './access.ts';
import { sharedFolder } from './folders.ts';

export const photo = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
export const asked: { id: string; size: number; run?: string }[] = [];
export const listeners = new Set<(event: AppEvent) => void>();
export const access = memoryAccess();
export const app = {
  access,
  handle: async (method: string) => {
    if (method === 'library.list') return [];
    throw Object.assign(new Error('no such thing'), { code: 'not-found' });
  },
  onEvent: (listener: (event: AppEvent) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  image: async (id: string, size: number, run?: string | null) => {
    asked.push({ id, size, ...(run && { run }) });
    return id === 'abc123' ? { bytes: photo, type: 'image/jpeg' } : null;
  },
};

export const folder = sharedFolder('server');
export let server: RunningServer;
export let cookie: string;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
/** As a program sends it: path as written, no normalisation. */
export function ask(
  path: string,
  { headers = {}, method = 'GET' }: { headers?: Record<string, string>; method?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, path, method, headers, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      },
    );
    request.on('error', reject).end();
  });
}
export const withCookie = (headers: Record<string, string> = {}) => ({ headers: { cookie, ...headers } });

export const token = () => new URL(server.url).searchParams.get('token')!;
/** Another one at the same port. */
export async function startAgain(): Promise<void> {
  const { port } = server;
  await server.close();
  server = await startServer({ app, port, renderer: join(folder, 'renderer') });
}
/** Keys of the pages of browsers that entered, by their cookies. */
const keys = new Map<string, string>();
/** A new browser's cookie. */
export async function enter(): Promise<string> {
  const { headers } = await ask(`/?token=${token()}`);
  const entered = headers['set-cookie']![0]!.split(';')[0]!;
  keys.set(entered, keyInAddress(new URL(headers.location!, server.url).hash)!);
  return entered;
}
/** What a page of the browser with this cookie sends. */
export const asPage = (of = cookie) => ({ headers: { cookie: of, [KEY_HEADER]: keys.get(of)! } });
/** As the page asks for it. */
export async function ticket(of = cookie): Promise<string> {
  const { body } = await ask('/ticket', asPage(of));
  return `/socket?ticket=${(JSON.parse(body) as { ticket: string }).ticket}`;
}

/** Status of the handshake: 101 when it was taken. */
export function upgrade(headers: Record<string, string>, path = '/socket'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.on('open', () => (socket.terminate(), resolve(101)));
    socket.on('unexpected-response', (_request, response) => (socket.terminate(), resolve(response.statusCode!)));
    socket.on('error', () => {});
  });
}

beforeAll(async () => {
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>window</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'main.js'), 'void 0;');
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  server = await startServer({ app, renderer: join(folder, 'renderer') });
  cookie = await enter();
});
afterAll(() => server.close());
