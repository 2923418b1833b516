/**
 * Who may speak to the browser host: only pages of this very origin, with the session's cookie. Pure checks of
 * a request's headers; the answers to refused ones are given in server.ts.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Compares without telling by its duration how much was right. */
const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

export class Guard {
  /** Goes into the URL that is printed; whoever has it may open the window while this server runs. */
  readonly token = randomBytes(32).toString('base64url');
  readonly #cookie = randomBytes(32).toString('base64url');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Cookies are shared by all ports of a host, so that its name carries the port. */
  get #name(): string {
    return `lookalike-${this.#port}`;
  }

  get setCookie(): string {
    return `${this.#name}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isToken(token: string): boolean {
    return same(token, this.token);
  }

  hasSession(headers: IncomingHttpHeaders): boolean {
    for (const part of (headers.cookie ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at > 0 && part.slice(0, at).trim() === this.#name && same(part.slice(at + 1).trim(), this.#cookie))
        return true;
    }
    return false;
  }

  /** Names that reach loopback; any other Host is another site's name pointed here (DNS rebinding). */
  get #hosts(): string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
  }

  isOwnHost(headers: IncomingHttpHeaders): boolean {
    return headers.host !== undefined && this.#hosts.includes(headers.host);
  }

  /** `required`: a WebSocket, where every browser sends an Origin. */
  isOwnOrigin(headers: IncomingHttpHeaders, required = false): boolean {
    if (headers.origin === undefined) return !required;
    // The page and what it asks for have one name: localhost and 127.0.0.1 are two origins.
    return headers.origin === `http://${headers.host}` && this.isOwnHost(headers);
  }

  /** What another site's page asks for by itself. Following a link to the window is a navigation, and is not. */
  isForeignFetch(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    return (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate';
  }
}
