/**
 * The browser host keeps strangers out: every refusal is tried without a session and with a valid cookie, over
 * HTTP and WebSocket.
 */
import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { KEY_HEADER } from '../../shared/pageKey.ts';
import {
  ask,
  token,
  withCookie,
  server,
  startAgain,
  upgrade,
  cookie,
  ticket,
  enter,
  asPage,
  access,
} from '../helpers/browserHost.ts';

describe('the session', () => {
  it('exchanges the token for a strict cookie that outlives the browser, and a clean address', async () => {
    const { status, headers } = await ask(`/?token=${token()}`);
    expect(status).toBe(303);
    expect(headers.location).toMatch(/^\/#key=[\w-]{43}$/); // what is behind # no server is sent again
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
    await startAgain();
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
    const { browserId } = JSON.parse((await ask('/ticket', asPage(guest))).body) as { browserId: string };
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

  it('gives whoever has but the cookie, as every server on this machine is shown it, no connection', async () => {
    const guest = await enter();
    const cookies = { cookie: guest, origin: `http://127.0.0.1:${server.port}` };
    const other = asPage(cookie).headers[KEY_HEADER]!;
    const keys: Record<string, string>[] = [{}, { [KEY_HEADER]: '' }, { [KEY_HEADER]: 'x' }, { [KEY_HEADER]: other }];
    for (const key of keys) {
      const refused = await ask('/ticket', { headers: { ...cookies, ...key } });
      expect([refused.status, refused.body.includes('ticket')]).toEqual([401, false]);
    }
    expect((await ask('/ticket', asPage(guest))).status).toBe(200);
    await startAgain(); // the key outlives the server as the cookie does
    expect((await ask('/ticket', asPage(guest))).status).toBe(200);
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
