/**
 * Who may speak to the browser host: only pages of this very origin, in a browser that was let in. A browser is let
 * in by the token of the printed address, which serves once; it then has a cookie, which outlives the server and can
 * be revoked. All ports of a host are shown its cookies, another person's server on this machine too, so that a cookie
 * alone opens nothing that tells of the home: a WebSocket wants a ticket, and who asks for one shows a key that the page
 * keeps where no other port's page or server sees it. Pure checks of a request; the answers to refused ones are given
 * in server.ts.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { addressWithKey, KEY_HEADER } from '../../shared/pageKey.ts';

/** What the guard needs of the home: browsers by their cookie, and their pages' keys. */
export interface Browsers {
  admit(name: string): { cookie: string; key: string };
  /** Id of the browser, null where it may not come in. */
  find(cookie: string): string | null;
  hasKey(browserId: string, key: string): boolean;
}

const ticketMilliseconds = 30_000;
const mostTickets = 200;
/** So many used tokens are remembered, to tell a used one from a wrong one. */
const mostUsed = 20;
const yearSeconds = 365 * 86_400;

/** Whether two secrets are equal, in a time that does not tell how much of them is. */
const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

export class Guard {
  #token = randomBytes(32).toString('base64url');
  readonly #used: string[] = [];
  readonly #tickets = new Map<string, { browserId: string; until: number }>();
  readonly #browsers: Browsers;
  readonly port: number;

  constructor(port: number, browsers: Browsers) {
    this.port = port;
    this.#browsers = browsers;
  }

  /** Goes into the address that is printed: whoever opens that first may open the window. Then there is another. */
  get token(): string {
    return this.#token;
  }

  /** Name of the cookie; it carries the port, because all ports of a host share their cookies. */
  get #name(): string {
    return `lookalike-${this.port}`;
  }

  /** Lets the browser that shows the token in. @returns what sets its cookie and where it goes on, or why it does not */
  enter(token: string, name: string): { setCookie: string; location: string } | 'used' | 'wrong' {
    if (this.#used.some((used) => same(token, used))) return 'used';
    if (!same(token, this.#token)) return 'wrong';
    this.#used.push(this.#token);
    if (this.#used.length > mostUsed) this.#used.shift();
    this.#token = randomBytes(32).toString('base64url');
    const { cookie, key } = this.#browsers.admit(name);
    return {
      setCookie: `${this.#name}=${cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${yearSeconds}`,
      location: addressWithKey(key),
    };
  }

  /** The browser that asks; null where it was not let in. */
  browserOf(headers: IncomingHttpHeaders): string | null {
    for (const part of (headers.cookie ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at <= 0 || part.slice(0, at).trim() !== this.#name) continue;
      const browser = this.#browsers.find(part.slice(at + 1).trim());
      if (browser !== null) return browser;
    }
    return null;
  }

  /** Whether a page of ours asks: only one of this very port knows the key. */
  isPage(headers: IncomingHttpHeaders, browserId: string): boolean {
    const key = headers[KEY_HEADER];
    return typeof key === 'string' && this.#browsers.hasKey(browserId, key);
  }

  /** A new ticket for one WebSocket of this browser, good for 30 seconds. */
  ticket(browserId: string): string {
    const now = performance.now();
    for (const [old, { until }] of this.#tickets)
      if (until < now || this.#tickets.size >= mostTickets) this.#tickets.delete(old);
    const ticket = randomBytes(24).toString('base64url');
    this.#tickets.set(ticket, { browserId, until: now + ticketMilliseconds });
    return ticket;
  }

  /** Whether a ticket is good: it serves once, and only the browser that it was given to. */
  redeem(ticket: string | null, browserId: string): boolean {
    const known = ticket === null ? undefined : this.#tickets.get(ticket);
    if (ticket !== null) this.#tickets.delete(ticket);
    return known !== undefined && known.browserId === browserId && known.until >= performance.now();
  }

  /** Names that reach loopback; any other Host is another site's name pointed here (DNS rebinding). */
  get #hosts(): string[] {
    return [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
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

/** A browser as a person knows it, from how it calls itself: 'Firefox, Linux'. */
export function browserName(userAgent = ''): string {
  const first = (names: Readonly<Record<string, RegExp>>) =>
    Object.entries(names).find(([, pattern]) => pattern.test(userAgent))?.[0];
  const browser = first({
    Edge: /Edg\//,
    Opera: /OPR\//,
    Firefox: /Firefox\//,
    Chrome: /Chrom(e|ium)\//,
    Safari: /Safari\//,
  });
  const system = first({
    Android: /Android/,
    iOS: /iPhone|iPad/,
    Windows: /Windows/,
    macOS: /Mac OS X/,
    Linux: /Linux/,
  });
  return [browser, system].filter((part) => part !== undefined).join(', ') || userAgent.slice(0, 40) || '?';
}
