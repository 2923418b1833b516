/** What the browser host serves to who is in: photos and files, headers, the WebSocket. */
import { once } from 'node:events';
import { createConnection, Server } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { describe, expect, it, vi } from 'vitest';
import { connect } from '../../shared/client.ts';
import { contentSecurityPolicy } from '../../shared/csp.ts';
import { webSocketTransport } from '../../shared/transport.ts';
import type { WebSocketLike } from '../../shared/transport.ts';
import { RendererMissingError, startServer } from '../../src-main/server/index.ts';
import {
  asked,
  ask,
  withCookie,
  photo,
  cookie,
  server,
  asPage,
  ticket,
  listeners,
  upgrade,
  enter,
  app,
  folder,
} from '../helpers/browserHost.ts';

describe('photos and files', () => {
  it('come by id, with a size', async () => {
    asked.length = 0;
    const { status, headers, body } = await ask('/image/abc123?size=128', withCookie());
    expect(status).toBe(200);
    expect(Buffer.from(body, 'latin1').equals(photo)).toBe(true);
    expect(headers['content-type']).toBe('image/jpeg');
    expect(headers['cache-control']).toBe('no-store');
    expect(asked).toEqual([{ id: 'abc123', size: 128 }]);
    await ask('/image/abc123?size=128&run=r-1&by=x', withCookie());
    expect(asked.at(-1)).toEqual({ id: 'abc123', size: 128, run: 'r-1' });
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
    expect((await ask('/ticket', { headers: { ...asPage().headers, ...foreign } })).status).toBe(403);
  });
});

it('says what to do when the window was never built', async () => {
  await expect(startServer({ app, renderer: join(folder, 'nowhere') })).rejects.toThrow(RendererMissingError);
  await expect(startServer({ app, renderer: join(folder, 'nowhere') })).rejects.toThrow('npm run build');
});

it('goes on where one connection cannot be taken', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  const other = await startServer({ app, renderer: join(folder, 'renderer') });
  const [listening] = listen.mock.contexts as Server[];
  listen.mockRestore();
  listening!.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })); // as Node tells of it
  expect((await fetch(`http://127.0.0.1:${other.port}/`)).status).toBe(401);
  await other.close();
});

it('ends beside who was refused a WebSocket and keeps the line open', async () => {
  const other = await startServer({ app, renderer: join(folder, 'renderer') });
  const line = createConnection({ port: other.port, host: '127.0.0.1', allowHalfOpen: true });
  line.write(
    `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  const [answer] = (await once(line, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
  await other.close();
  line.destroy();
}, 5000);
