/**
 * The application: the use cases behind every host, and the only writer of the database. `createApp` opens a home,
 * brings files and rows in line, and answers the calls of the contract. What is opened lies in foundation.ts, the parts
 * that stand on it in parts.ts; here is that all of it closes again, the last first.
 */
import type { Served } from '../../shared/client.ts';
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import { toWireError } from '../../shared/contract.ts';
import type { AppEvent, AppMethod, AppParams, AppResult } from '../../shared/contract.ts';
import { storageError } from '../db/index.ts';
import type { BrowserAccess } from './browsers.ts';
import { answeredBy } from './calls.ts';
import { openFoundation } from './foundation.ts';
import { handlersOf } from './handlers.ts';
import type { AppOptions } from './options.ts';
import { createParts, goOn } from './parts.ts';
import { takeTurn } from './turn.ts';

export interface App extends Served {
  handle<M extends AppMethod>(
    method: M,
    params: AppParams<M>,
    context?: { signal?: AbortSignal },
  ): Promise<AppResult<M>>;
  handle(method: string, params: unknown, context?: { signal?: AbortSignal }): Promise<unknown>;
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Which browsers may open the window, for the host that serves it. */
  access: BrowserAccess;
  /** What failed and was waited for by nobody is written down and told to every window; it ends nothing. */
  tellFault(this: void, error: unknown): void;
  /** WebP of a photo, at most about `size` px on its longer side; null: no such photo, or unreadable. */
  image(imageId: string, size: number, run?: string | null): Promise<{ bytes: Uint8Array; type: string } | null>;
  /** Trainings are saved and stopped, everything is put away and the home is free. */
  close(): Promise<void>;
}

/**
 * @throws StorageError (home unwritable, full disk, damaged or newer database), AppError home-in-use
 */
export async function createApp(options: AppOptions): Promise<App> {
  const closing = new AbortController();
  const stops: Stop[] = [];
  try {
    const context = await openFoundation(options, closing.signal, stops);
    const parts = createParts(context, options, stops);
    const handle = answeredBy(handlersOf(context, parts), context, options.checkResults ?? false);
    goOn(context, parts, stops);

    const { paths, events } = context;
    const close = async () => {
      closing.abort();
      const turn = takeTurn(paths, 200); // a command looks at it for a moment
      await stopAll(stops).finally(() => turn?.release());
    };
    let closed: Promise<void> | null = null;
    return {
      handle: handle as App['handle'],
      onEvent: (listener) => events.on(listener),
      access: parts.access,
      tellFault: (error) => {
        process.stderr.write(`lookalike: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        events.emit({ name: 'fault', error: toWireError(storageError(error, paths.home)) });
      },
      image: (imageId, size, run) => parts.library.photos.thumbnail(imageId, size, run),
      close: () => (closed ??= close()),
    };
  } catch (error) {
    await stopAll(stops).catch(() => {}); // why it cannot open says more
    throw error;
  }
}
