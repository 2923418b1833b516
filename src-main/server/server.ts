/**
 * The browser host: the window over loopback HTTP and WebSocket, for one person on this machine. Bound to
 * 127.0.0.1 only. The URL's token is exchanged for a cookie and disappears from the address bar; every request
 * is checked for Host, Origin and session (guard.ts). Photos are addressed by id, never by path.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Served } from '../../shared/client.ts';
import { contentSecurityPolicy, hardeningHeaders } from '../../shared/csp.ts';
import { staticFiles } from './files.ts';
import { Guard } from './guard.ts';
import { Sockets } from './sockets.ts';

/** What the host needs of the application: its calls and events, and photos by id. */
export interface HostedApp extends Served {
  /** A photo at most `size` px on its longer side, ready to send; null when there is none of that id. */
  image(imageId: string, size: number): Promise<{ bytes: Uint8Array; type: string } | null>;
}

export interface ServerOptions {
  app: HostedApp;
  /** 0: any free one. */
  port?: number;
  /** The built renderer; default dist/renderer of this package. */
  renderer?: string;
}

export interface RunningServer {
  /** With its token: whoever has it may open the window. */
  url: string;
  port: number;
  close(): Promise<void>;
}

const imagePath = /^\/image\/([A-Za-z0-9_-]{1,64})$/;
const sizes = { least: 16, most: 2048, usual: 256 };

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
}: ServerOptions): Promise<RunningServer> {
  const files = staticFiles(renderer);
  const sockets = new Sockets(app);
  let guard = new Guard(port); // that of the real port once it is bound: requests come after

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
    const token = searchParams.get('token');
    if (token !== null) {
      if (!guard.isToken(token))
        return refuse(
          response,
          403,
          'This token is not of the application that runs now: use the address it printed at its start.',
        );
      return void response.writeHead(303, { 'Set-Cookie': guard.setCookie, Location: '/' }).end();
    }
    if (!guard.hasSession(headers))
      return refuse(response, 401, 'Open Lookalike by the address it printed at its start: it carries the key.');

    const image = imagePath.exec(path);
    if (image) return sendImage(app, image[1]!, searchParams.get('size'), request, response);
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
    const reject = (status: string) =>
      void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    if (!guard.isOwnHost(headers) || !guard.isOwnOrigin(headers, true) || guard.isForeignFetch(headers))
      reject('403 Forbidden');
    else if (!guard.hasSession(headers)) reject('401 Unauthorized');
    else if (request.url !== '/socket') reject('404 Not Found');
    else sockets.accept(request, socket, head);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => (server.off('error', reject), resolve()));
  });
  const bound = (server.address() as AddressInfo).port;
  guard = new Guard(bound);
  return {
    url: `http://127.0.0.1:${bound}/?token=${guard.token}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function sendImage(
  app: HostedApp,
  id: string,
  size: string | null,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const wanted = Number(size ?? sizes.usual);
  if (!Number.isInteger(wanted) || wanted < sizes.least || wanted > sizes.most)
    return refuse(response, 400, `size is a whole number from ${sizes.least} to ${sizes.most}.`);
  const image = await app.image(id, wanted);
  if (!image) return refuse(response, 404, 'There is no such photo.');
  response.setHeader('Content-Type', image.type);
  response.end(request.method === 'HEAD' ? undefined : image.bytes);
}

/** Plain text, in English: these are read in a console or by a program, never inside the window. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
