/**
 * Which browsers may open the window, and on which port it was last served. Kept in the home, so that a page of an
 * earlier server is accepted by the next one: a browser has a cookie, its page a key, the home the hashes of both. What
 * may do what with them is decided by the host (server/guard.ts).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { KnownBrowser } from '../../shared/contract.ts';
import type { Store } from '../db/index.ts';

/** A year without a visit ends it. */
const forgottenAfter = 365 * 86_400_000;
/** How exactly the last visit is known: every photo of a page is one. */
const touchedEvery = 3_600_000;

const secret = (): string => randomBytes(32).toString('base64url');
const hashOf = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');
const idOf = (hash: string): string => hash.slice(0, 16);

export class BrowserAccess {
  readonly #store: Pick<Store, 'browsers' | 'settings'>;
  readonly #listeners = new Set<(browserId: string) => void>();
  /** By the hash of each cookie that was let in, when that was last written down. */
  readonly #known = new Map<string, number>();
  /** Hashes of keys by the browsers' ids. */
  readonly #keys = new Map<string, string>();

  constructor(store: Pick<Store, 'browsers' | 'settings'>) {
    this.#store = store;
  }

  /** Lets a browser in from now on. @returns its cookie, and the key of its page */
  admit(name: string): { cookie: string; key: string } {
    const now = Date.now();
    for (const { hash, usedAt } of this.#store.browsers.all())
      if (now - usedAt > forgottenAfter) this.#store.browsers.remove(hash);
    const [cookie, key] = [secret(), secret()];
    const hashes = { hash: hashOf(cookie), keyHash: hashOf(key) };
    this.#store.browsers.insert({ ...hashes, name: name.slice(0, 200), createdAt: now, usedAt: now });
    return { cookie, key };
  }

  /** The browser that a cookie belongs to; null: to none that may come in. */
  find(cookie: string): string | null {
    const hash = hashOf(cookie); // the comparison is of hashes: its duration tells nothing of the cookie
    const row = this.#known.has(hash) ? null : this.#store.browsers.get(hash);
    const usedAt = this.#known.get(hash) ?? row?.usedAt;
    const now = Date.now();
    if (usedAt === undefined || now - usedAt > forgottenAfter) return null;
    this.#known.set(hash, usedAt);
    if (row) this.#keys.set(idOf(hash), row.keyHash);
    // ahead: it came while the clock was wrong, and would be remembered for so much longer
    if (now - usedAt > touchedEvery || usedAt > now) {
      this.#known.set(hash, now);
      try {
        this.#store.browsers.touch(hash, now);
      } catch {
        // a full disk keeps nobody out
      }
    }
    return idOf(hash);
  }

  /** Whether `key` is that of the page of a browser that was found by its cookie. */
  hasKey(browserId: string, key: string): boolean {
    return this.#keys.get(browserId) === hashOf(key); // of hashes, as above
  }

  list = (): KnownBrowser[] =>
    this.#store.browsers
      .all()
      .map(({ hash, name, createdAt, usedAt }) => ({ id: idOf(hash), name, createdAt, usedAt }));

  revoke(browserIds: readonly string[]): void {
    for (const { hash } of this.#store.browsers.all()) {
      if (!browserIds.includes(idOf(hash))) continue;
      this.#store.browsers.remove(hash);
      this.#known.delete(hash);
      this.#keys.delete(idOf(hash));
      for (const listener of this.#listeners) listener(idOf(hash));
    }
  }

  /** Tells of each browser that is shut out. @returns what stops that */
  onRevoked(listener: (browserId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The port of 127.0.0.1 on which the window was last served; null before the first time. */
  get lastPort(): number | null {
    return this.#store.settings.lastPort();
  }

  rememberPort(port: number): void {
    if (port !== this.lastPort) this.#store.settings.rememberPort(port);
  }
}
