/**
 * The library's machine over a real home and real folders, with files of text for photos and a pool that only reads
 * them: fast enough for hundreds of folders, and a test can hold a photo back while it gives commands.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AppEvent, AppMethod, AppParams, AppResult } from '../../shared/contract.ts';
import { appCalls } from '../../shared/contract.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { AppEvents } from '../../src-main/app/events.ts';
import { openHome } from '../../src-main/app/home.ts';
import { libraryHandlers } from '../../src-main/app/library/handlers.ts';
import { Library } from '../../src-main/app/library/library.ts';
import type { Pace } from '../../src-main/app/library/pace.ts';
import { systemPath } from '../../src-main/files/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { ImageError } from '../../src-main/images/index.ts';
import type { PixelRule } from '../../src-main/images/index.ts';

type LibraryMethod = Extract<AppMethod, `library.${string}`>;

export interface LibraryDouble {
  store: Store;
  /** Told of runs that begin. */
  pace: Pace;
  events: AppEvent[];
  call<M extends LibraryMethod>(method: M, params: AppParams<M>): Promise<AppResult<M>>;
  /** No reading is under way, nor anything waiting for one. */
  idle(): Promise<void>;
  /** Photos of this name are decoded when the test lets them. */
  hold(name: string): { reached: Promise<void>; release(): void };
  /** What the pool was asked for: 'probe' or 'identify', and the file's name. */
  asked: string[];
  close(): Promise<void>;
}

/** A file whose text begins with "broken" cannot be decoded, one with "locked" not be read by this user. */
export function openLibrary(home: string): LibraryDouble {
  const { paths, lock } = openHome(home);
  const store = openStore(paths.database);
  const events = new AppEvents();
  const heard: AppEvent[] = [];
  events.on((event) => heard.push(event));
  const closing = new AbortController();
  const held = new Map<string, { reach(): void; gate: Promise<void> }>();
  const asked: string[] = [];

  const open = async (kind: string, path: string, signal?: AbortSignal) => {
    asked.push(`${kind} ${basename(path)}`);
    const hold = held.get(basename(path));
    hold?.reach();
    await Promise.race([
      hold?.gate,
      new Promise((resolve, reject) => {
        if (!hold) resolve(null);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ]);
    signal?.throwIfAborted();
    const { size, mtimeMs } = await stat(systemPath(path)).catch(() => {
      throw new ImageError(path, 'missing');
    });
    const text = await readFile(systemPath(path));
    return { text, identity: { bytes: size, modified: mtimeMs, content: hashOf(text) } };
  };
  const pool = {
    workers: 2,
    identify: async (path: string, signal?: AbortSignal) => (await open('identify', path, signal)).identity,
    measure: () => Promise.resolve(null),
    describe: () => Promise.resolve({ rating: null, keywords: [] }),
    /** A file whose text begins with "large" is two tiles by a rule of tiles, and four where they overlap; "large blank" has none. */
    divide: async (path: string, signal?: AbortSignal, rule?: PixelRule) => {
      const { text, identity } = await open('divide', path, signal);
      if (text.toString().startsWith('broken')) throw new ImageError(path, 'corrupt');
      const places = text.toString().startsWith('large blank') ? [] : [0, 20, ...(rule?.overlap ? [10, 5] : [])];
      const parts = places.map((x) => ({ part: `xywh=${x},0,20,20`, width: 20, height: 20 }));
      const whole = {
        width: 40,
        height: 20,
        format: 'tiff',
        parts,
        empty: parts.length === 0 ? 2 : 0,
        picture: new Uint8Array(4),
      };
      return { ...identity, division: text.toString().startsWith('large') ? whole : null };
    },
    probe: async (source: string | { path: string; part: string }, _size: number, signal?: AbortSignal) => {
      const path = typeof source === 'string' ? source : source.path;
      const { text, identity } = await open('probe', path, signal);
      if (text.toString().startsWith('locked')) throw new ImageError(path, 'unreadable.permission');
      if (text.toString().startsWith('broken')) throw new ImageError(path, 'corrupt');
      const isPart = typeof source !== 'string';
      const size = isPart ? { width: 20, height: 20 } : { width: 40, height: 30 };
      const facts = { ...size, format: 'jpeg', orientation: 1, hash: identity.content.slice(0, 16), notes: [] };
      return { ...identity, ...(isPart && { content: '' }), ...facts, thumbnail: new Uint8Array(4) };
    },
  };
  const context = { paths, store, events, pool, closing: closing.signal, host: { kind: 'test', version: '0' } };
  const library = new Library(context as unknown as AppContext);
  const handlers = libraryHandlers(context as unknown as AppContext, library, async () => {});
  const calls = new Set<Promise<unknown>>();

  return {
    store,
    pace: library.readings.pace,
    events: heard,
    asked,
    call: (async (method: LibraryMethod, params: unknown) => {
      const { params: schema, result } = appCalls[method];
      const handler = handlers[method] as (params: unknown, control: { signal: AbortSignal }) => unknown;
      const answer = (async () => handler(schema.parse(params), { signal: closing.signal }))();
      const settled = answer.then(
        () => {},
        () => {},
      );
      calls.add(settled);
      void settled.then(() => calls.delete(settled));
      return result.parse(await answer) as unknown;
    }) as LibraryDouble['call'],
    async idle() {
      for (;;) {
        await Promise.all(calls);
        const isReading = store.datasets.all().some((row) => library.describe(row).state === 'scanning');
        if (calls.size === 0 && !isReading) return;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    hold(name) {
      let reach!: () => void;
      let release!: () => void;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const gate = new Promise<void>((resolve) => (release = resolve));
      held.set(name, { reach, gate });
      return {
        reached,
        release: () => {
          held.delete(name);
          release();
        },
      };
    },
    async close() {
      closing.abort();
      await library.close();
      store.close();
      lock.release();
    },
  };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
