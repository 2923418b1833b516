/**
 * The application: the use cases behind every host, and the only writer of the database. `createApp` opens a home,
 * brings files and rows in line, and answers the calls of the contract.
 */
import { appCalls, ContractError } from '../../shared/contract.ts';
import type { AppEvent, AppHandlers, AppMethod, AppParams, AppResult } from '../../shared/contract.ts';
import type { Served } from '../../shared/client.ts';
import { openStore } from '../db/index.ts';
import { ImagePool } from '../images/index.ts';
import { AppError } from './errors.ts';
import { AppEvents } from './events.ts';
import { openHome } from './home.ts';
import { forkLauncher } from './compute/launch.ts';
import type { Launcher } from './compute/launch.ts';
import type { AppContext, Host } from './context.ts';
import { libraryHandlers } from './library/handlers.ts';
import { Library } from './library/library.ts';
import { systemHandlers } from './system.ts';
import { Tasks } from './tasks.ts';

export interface AppOptions {
  home: string;
  host: Host;
  /** How compute processes are started; default: forked. */
  launch?: Launcher;
  /** 'thread' where the host cannot fork. */
  imageIsolation?: 'process' | 'thread';
  /** Answers are checked against their schemas too: for tests. */
  checkResults?: boolean;
}

export interface App extends Served {
  handle<M extends AppMethod>(method: M, params: AppParams<M>, context?: { signal?: AbortSignal }): Promise<AppResult<M>>;
  handle(method: string, params: unknown, context?: { signal?: AbortSignal }): Promise<unknown>;
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** WebP of a photo, at most about `size` px on its longer side; null when there is none of that id. */
  image(imageId: string, size: number): Promise<{ bytes: Uint8Array; type: string } | null>;
  /** Trainings are saved and stopped, everything is put away and the home is free. */
  close(): Promise<void>;
}

const neverAborted = new AbortController().signal;
