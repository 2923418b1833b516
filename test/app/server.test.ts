/**
 * The browser host keeps strangers out: every refusal is tried without a session and with a valid cookie, over
 * HTTP and WebSocket, against a server that serves a small renderer and one photo.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../shared/client.ts';
import { contentSecurityPolicy } from '../../shared/csp.ts';
import { webSocketTransport } from '../../shared/transport.ts';
import type { WebSocketLike } from '../../shared/transport.ts';
import type { AppEvent } from '../../shared/contract.ts';
import { RendererMissingError, startServer } from '../../src-main/server/index.ts';
import type { RunningServer } from '../../src-main/server/index.ts';
import { memoryAccess } from '../helpers/access.ts';

const photo = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
const asked: { id: string; size: number }[] = [];
const listeners = new Set<(event: AppEvent) => void>();
const access = memoryAccess();
const app = {
  access,
  handle: async (method: string) => {
    if (method === 'library.list') return [];
    throw Object.assign(new Error('no such thing'), { code: 'not-found' });
  },
  onEvent: (listener: (event: AppEvent) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  image: async (id: string, size: number) => {
    asked.push({ id, size });
    return id === 'abc123' ? { bytes: photo, type: 'image/jpeg' } : null;
  },
};

let folder: string;
let server: RunningServer;
let cookie: string;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
/** As a program sends it: path as written, no normalisation. */
function ask(
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
const withCookie = (headers: Record<string, string> = {}) => ({ headers: { cookie, ...headers } });

const token = () => new URL(server.url).searchParams.get('token')!;
/** A new browser's cookie. */
async function enter(): Promise<string> {
  const entered = await ask(`/?token=${token()}`);
  return entered.headers['set-cookie']![0]!.split(';')[0]!;
}
/** As the page asks for it. */
async function ticket(of = cookie): Promise<string> {
  const { body } = await ask('/ticket', { headers: { cookie: of } });
  return `/socket?ticket=${(JSON.parse(body) as { ticket: string }).ticket}`;
}

/** Status of the handshake: 101 when it was taken. */
function upgrade(headers: Record<string, string>, path = '/socket'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.on('open', () => (socket.terminate(), resolve(101)));
    socket.on('unexpected-response', (_request, response) => (socket.terminate(), resolve(response.statusCode!)));
    socket.on('error', () => {});
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lookalike-server-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>window</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'main.js'), 'void 0;');
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  server = await startServer({ app, renderer: join(folder, 'renderer') });
  cookie = await enter();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the session', () => {
  it('exchanges the token for a strict cookie that outlives the browser, and a clean address', async () => {
    const { status, headers } = await ask(`/?token=${token()}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    expect(headers['set-cookie']![0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/; Max-Age=31536000$/);
  });

  it('takes a token once, and has another for the next browser', async () => {
    const path = `/?token=${token()}`;
    expect((await ask(path, { method: 'HEAD' })).headers['set-cookie']).toBeUndefined(); // a look uses nothing up
    expect((await ask(path)).status).toBe(303);
    const again = await ask(path);
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(`/?token=${token()}`).not.toBe(path);
    // the same address clicked once more by who is in already
    const inside = await ask(path, withCookie());
    expect([inside.status, inside.headers.location, inside.headers['set-cookie']]).toEqual([303, '/', undefined]);
  });

  it('outlives the server: the next one takes the cookie, and the bare address with it', async () => {
    const { port } = server;
    await server.close();
    server = await startServer({ app, port, renderer: join(folder, 'renderer') });
    expect((await ask('/', withCookie())).status).toBe(200);
    expect(await upgrade({ cookie, origin: `http://127.0.0.1:${server.port}` }, await ticket())).toBe(101);
  });

  it('ends when the browser is revoked, also where its window is open', async () => {
    const guest = await enter();
    const origin = `http://127.0.0.1:${server.port}`;
    const open = new WebSocket(`ws://127.0.0.1:${server.port}${await ticket(guest)}`, {
      headers: { cookie: guest, origin },
    });
    await new Promise((resolve) => open.on('open', resolve));
    const closed = new Promise((resolve) => open.on('close', resolve));
    const { browserId } = JSON.parse((await ask('/ticket', { headers: { cookie: guest } })).body) as {
      browserId: string;
    };
    expect(access.list().map(({ id }) => id)).toContain(browserId);
    access.revoke([browserId]);
    await closed;
    expect((await ask('/', { headers: { cookie: guest } })).status).toBe(401);
    expect((await ask('/', withCookie())).status).toBe(200);
  });

  it('tells a person who was not let in how to get in, in their language', async () => {
    const headers = { accept: 'text/html', 'accept-language': 'zh-CN,en;q=0.5' };
    const page = await ask('/', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(page.body).toContain('lookalike serve');
    expect(page.body).not.toContain(token());
    expect(Buffer.from((await ask('/', { headers })).body, 'latin1').toString()).toContain('终端');
    expect((await ask('/door.css')).headers['content-type']).toContain('text/css');
    const wrong = await ask('/?token=wrong', withCookie({ accept: 'text/html' }));
    expect(wrong.status).toBe(403);
    expect(wrong.body).toContain('<a href="/">'); // who is in already goes on
  });

  it('refuses a wrong token, also beside a valid cookie', async () => {
    for (const options of [{}, withCookie()]) {
      const { status, headers } = await ask('/?token=wrong', options);
      expect(status).toBe(403);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('refuses everything without a session', async () => {
    for (const path of ['/', '/assets/main.js', '/image/abc123', '/nothing'])
      expect((await ask(path)).status).toBe(401);
    expect((await ask('/', { headers: { cookie: `lookalike-${server.port}=wrong` } })).status).toBe(401);
    expect(await upgrade({ origin: `http://127.0.0.1:${server.port}` })).toBe(401);
  });

  it('serves the window with it', async () => {
    const { status, body, headers } = await ask('/', withCookie());
    expect(status).toBe(200);
    expect(body).toContain('window');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('strangers', () => {
  const foreignHosts = ['evil.example', 'evil.example:80', '127.0.0.1', 'localhost', '127.0.0.1:1'];
  it.each(foreignHosts)('get 403 by the host name %j, with and without a cookie', async (host) => {
    for (const options of [{ headers: { host } }, withCookie({ host })]) {
      for (const path of ['/', '/image/abc123', '/?token=x']) expect((await ask(path, options)).status).toBe(403);
    }
    expect(await upgrade({ cookie, host, origin: `http://${host}` })).toBe(403);
  });

  const foreignOrigins = ['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', 'http://localhost'];
  it.each(foreignOrigins)('get 403 from the origin %j, with and without a cookie', async (origin) => {
    for (const options of [{ headers: { origin } }, withCookie({ origin })])
      for (const path of ['/', '/image/abc123']) expect((await ask(path, options)).status).toBe(403);
    expect(await upgrade({ cookie, origin })).toBe(403);
    expect(await upgrade({ origin })).toBe(403);
  });

  it('get 403 on a WebSocket without an origin', async () => {
    expect(await upgrade({ cookie })).toBe(403);
  });

  it('get 403 when their page embeds a photo, even with a cookie', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await ask('/image/abc123', withCookie(headers))).status).toBe(403);
  });

  it('cannot reach it from another interface', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    if (!outside) return expect(server.url).toContain('//127.0.0.1:');
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connectTcp({ host: outside.address, port: server.port, timeout: 1000 });
      socket.on('connect', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
      socket.on('timeout', () => (socket.destroy(), resolve(false)));
    });
    expect(reached).toBe(false);
  });
});

describe('photos and files', () => {
  it('come by id, with a size', async () => {
    asked.length = 0;
    const { status, headers, body } = await ask('/image/abc123?size=128', withCookie());
    expect(status).toBe(200);
    expect(Buffer.from(body, 'latin1').equals(photo)).toBe(true);
    expect(headers['content-type']).toBe('image/jpeg');
    expect(headers['cache-control']).toBe('no-store');
    expect(asked).toEqual([{ id: 'abc123', size: 128 }]);
  });

  const notIds = [
    '/image/other',
    '/image/',
    '/image/../index.html',
    '/image/..%2f..%2fsecret.txt',
    '/image/%2e%2e/secret.txt',
    '/image//etc/passwd',
    '/image/%2Fetc%2Fpasswd',
    '/image/abc123/..',
    '/image/abc123%00',
    '/image/C:%5CWindows',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/',
    '/index.html/',
  ];
  it.each(notIds)('%s is 404 with a valid cookie, and hidden without one', async (path) => {
    const answer = await ask(path, withCookie());
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('not for the page');
    expect((await ask(path)).status).toBe(401);
  });

  it.each(['0', '-1', '1e9', 'abc', '12.5', '99999999'])('size %s is refused', async (size) => {
    asked.length = 0;
    expect((await ask(`/image/abc123?size=${size}`, withCookie())).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not answered', async (method) => {
    expect((await ask('/', { method, headers: { cookie } })).status).toBe(405);
  });
});

describe('headers', () => {
  it('are on every answer, refusals too', async () => {
    for (const path of ['/', '/nothing', '/image/abc123']) {
      for (const options of [
        { headers: { host: `127.0.0.1:${server.port}` } },
        withCookie({ host: `127.0.0.1:${server.port}` }),
      ]) {
        const { headers } = await ask(path, options);
        expect(headers['content-security-policy']).toBe(
          contentSecurityPolicy({ socket: `ws://127.0.0.1:${server.port}` }),
        );
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['referrer-policy']).toBe('no-referrer');
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      }
    }
  });

  it('allow no script and no style that is not a file of ours, and nothing from elsewhere', () => {
    const policy = contentSecurityPolicy({ socket: null });
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

describe('the WebSocket', () => {
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${await ticket()}`, {
      headers: { cookie, origin: `http://127.0.0.1:${server.port}` },
    });
    return { socket, client: connect(webSocketTransport(socket as unknown as WebSocketLike)) };
  };

  it('carries calls, errors with their code, and events to every page', async () => {
    const pages = [await open(), await open()];
    for (const { client } of pages) expect(await client.call('library.list', null)).toEqual([]);
    await expect(pages[0]!.client.call('library.get', { datasetId: 'x' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'no such thing',
    });
    const heard = pages.map(({ client }) => new Promise((resolve) => client.on('datasetRemoved', resolve)));
    listeners.forEach((listener) => listener({ name: 'datasetRemoved', datasetId: 'd1' }));
    expect(await Promise.all(heard)).toEqual([
      { name: 'datasetRemoved', datasetId: 'd1' },
      { name: 'datasetRemoved', datasetId: 'd1' },
    ]);
    for (const { client } of pages) client.close();
  });

  it('lets go of a page that leaves, and hangs up on one that speaks something else', async () => {
    const { socket } = await open();
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('this is not a message');
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(listeners.size).toBe(0);
  });

  it('is at /socket only', async () => {
    const headers = { cookie, origin: `http://127.0.0.1:${server.port}` };
    expect(await upgrade(headers, await ticket())).toBe(101);
    expect(await upgrade(headers, (await ticket()).replace('/socket', '/other'))).toBe(404);
  });

  it('wants a ticket beside the cookie, which serves once and its own browser', async () => {
    const headers = { cookie, origin: `http://127.0.0.1:${server.port}` };
    expect(await upgrade(headers)).toBe(401);
    expect(await upgrade(headers, '/socket?ticket=wrong')).toBe(401);
    const path = await ticket();
    expect(await upgrade(headers, path)).toBe(101);
    expect(await upgrade(headers, path)).toBe(401);
    expect(await upgrade(headers, await ticket(await enter()))).toBe(401);
    // another site cannot ask for one, and reads none
    const foreign = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    expect((await ask('/ticket', withCookie(foreign))).status).toBe(403);
  });
});

it('says what to do when the window was never built', async () => {
  await expect(startServer({ app, renderer: join(folder, 'nowhere') })).rejects.toThrow(RendererMissingError);
  await expect(startServer({ app, renderer: join(folder, 'nowhere') })).rejects.toThrow('npm run build');
});
