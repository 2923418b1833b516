/**
 * The browser host: the window over loopback HTTP and WebSocket, for one person on this machine. Bound to
 * 127.0.0.1 only. The URL's token is exchanged for a cookie and disappears from the address bar; every request
 * is checked for Host, Origin and browser (guard.ts). Photos are addressed by id, never by path.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Served } from '../../shared/client.ts';
import { contentSecurityPolicy, hardeningHeaders } from '../../shared/csp.ts';
import { askedPhoto, askedRun, askedSize, SIZE_REFUSED } from '../../shared/photoAddress.ts';
import { doorPage, doorStyle, doorStylePath } from './door.ts';
import type { Why } from './door.ts';
import { staticFiles } from './files.ts';
import { browserName, Guard } from './guard.ts';
import type { Browsers } from './guard.ts';
import { Sockets } from './sockets.ts';

/** What the host needs of the application: its calls and events, photos by id, and which browsers may come in. */
export interface HostedApp extends Served {
  access: Browsers & { onRevoked(listener: (browserId: string) => void): () => void };
  /** A photo at most about `size` px on its longer side, ready to send; null: no such photo, or unreadable. */
  image(imageId: string, size: number, run?: string | null): Promise<{ bytes: Uint8Array; type: string } | null>;
}

export interface ServerOptions {
  app: HostedApp;
  /** 0: any free one. */
  port?: number;
  /** The built renderer; default dist/renderer of this package. */
  renderer?: string;
  /** Called when a browser came in by the address: there is another one for the next. */
  onEntered?(): void;
}

export interface RunningServer {
  /** The window's address, with a token that was not used yet: whoever opens it first is let in. */
  readonly url: string;
  port: number;
  close(): Promise<void>;
}

/** From src-main/server in a checkout, from dist/main/src-main/server when compiled. */
const defaultRenderer = (): string =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../../dist/renderer' : '../../../renderer', import.meta.url),
  );

/** @throws RendererMissingError when the window was never built, and Node's error when the port is taken. */
export async function startServer({
  app,
  port = 0,
  renderer = defaultRenderer(),
  onEntered,
}: ServerOptions): Promise<RunningServer> {
  const files = staticFiles(renderer);
  const sockets = new Sockets(app);
  let guard = new Guard(port, app.access); // that of the real port once it is bound: requests come after

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers } = request;
    for (const [name, value] of Object.entries(hardeningHeaders)) response.setHeader(name, value);
    response.setHeader('Content-Security-Policy', contentSecurityPolicy({ socket: `ws://${headers.host}` }));
    response.setHeader('Cache-Control', 'no-store'); // photos are private: none stays in a browser's disk cache
    if (!guard.isOwnHost(headers) || !guard.isOwnOrigin(headers) || guard.isForeignFetch(headers))
      return refuse(response, 403, 'This address answers only its own page.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET is answered here.');
    }
    // The path as it was written: a URL's own parsing would resolve '..' into something that exists.
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const searchParams = new URLSearchParams(query);
    const browser = guard.browserOf(headers);
    const token = searchParams.get('token');
    // Only whoever goes there uses it up: a program that looks whether the address answers does not.
    if (token !== null && request.method === 'GET') {
      const entered = guard.enter(token, browserName(headers['user-agent']));
      if (typeof entered === 'object') {
        response.writeHead(303, { 'Set-Cookie': entered.setCookie, Location: entered.location }).end();
        return onEntered?.();
      }
      // clicked once more in the terminal
      if (entered === 'used' && browser !== null) return void response.writeHead(303, { Location: '/' }).end();
      return turnAway(entered, request, response, guard, browser !== null);
    }
    if (path === doorStylePath) {
      response.setHeader('Content-Type', 'text/css; charset=utf-8');
      return void response.end(doorStyle);
    }
    if (browser === null) return turnAway('none', request, response, guard, false);
    if (path === '/ticket') {
      if (!guard.isPage(headers, browser)) return turnAway('none', request, response, guard, false);
      response.setHeader('Content-Type', 'application/json');
      return void response.end(JSON.stringify({ ticket: guard.ticket(browser), browserId: browser }));
    }

    const imageId = askedPhoto(path);
    if (imageId !== null) return sendImage(app, imageId, searchParams, request, response);
    const file = files.get(path);
    if (!file) return refuse(response, 404, 'There is nothing here.');
    response.setHeader('Content-Type', file.type);
    if (file.immutable) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    response.end(request.method === 'HEAD' ? undefined : file.body);
  };

  const server = createServer((request, response) => {
    respond(request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'The application could not answer.');
      else response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { headers } = request;
    // hung up on as well: who keeps its end open would keep the server from ending
    const reject = (status: string) =>
      void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    if (!guard.isOwnHost(headers) || !guard.isOwnOrigin(headers, true) || guard.isForeignFetch(headers))
      reject('403 Forbidden');
    else {
      const browser = guard.browserOf(headers);
      const [path, query] = (request.url ?? '').split('?', 2);
      if (browser === null) reject('401 Unauthorized');
      else if (path !== '/socket') reject('404 Not Found');
      else if (!guard.redeem(new URLSearchParams(query).get('ticket'), browser)) reject('401 Unauthorized');
      else sockets.accept(request, socket, head, browser);
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.on('error', reject); // also later: one connection that cannot be taken is no matter of the others
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  guard = new Guard(bound, app.access);
  const stopRevoking = app.access.onRevoked((browserId) => sockets.dismiss(browserId));
  return {
    get url() {
      return `http://127.0.0.1:${bound}/?token=${guard.token}`;
    },
    port: bound,
    close: () =>
      new Promise((resolve) => {
        stopRevoking();
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function sendImage(
  app: HostedApp,
  id: string,
  asked: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const wanted = askedSize(asked.get('size'));
  if (wanted === null) return refuse(response, 400, SIZE_REFUSED);
  const image = await app.image(id, wanted, askedRun(asked.get('run')));
  if (!image) return refuse(response, 404, 'There is no such photo.');
  response.setHeader('Content-Type', image.type);
  response.end(request.method === 'HEAD' ? undefined : image.bytes);
}

/** A browser that was not let in: a page for a person who goes there, a line for what asks by itself. */
function turnAway(why: Why, request: IncomingMessage, response: ServerResponse, guard: Guard, isKnown: boolean): void {
  const status = why === 'none' ? 401 : 403;
  const { headers } = request;
  if (!(headers.accept ?? '').includes('text/html'))
    return refuse(response, status, 'Open Lookalike by the address it printed: it carries the key.');
  const page = doorPage(why, guard.port, headers['accept-language'], isKnown);
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(request.method === 'HEAD' ? undefined : page);
}

/** Plain text, in English: these are read in a console or by a program, never inside the window. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
