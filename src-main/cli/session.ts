/**
 * A command's line to the application. Where one is open, the command talks to it over the home's local socket; where
 * none is, it starts one that lives as long as its last client. The server, and a command of the desktop program,
 * which cannot start it so, have it in their own process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, serve } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import type { AppResult } from '../../shared/contract.ts';
import { memoryPair } from '../../shared/transport.ts';
import { connectLocally, homePaths, isHeld, listenLocally, startApp, takeTurn } from '../app/reach.ts';
import type { App } from '../app/index.ts';
import { isOffline } from '../files/index.ts';
import { UsageError } from './command.ts';
import type { Context } from './command.ts';
import { holdProcess } from './signals.ts';

export interface Session {
  client: Client;
  /** The application in this process; null where another process has it. */
  app: App | null;
  close(): Promise<void>;
}

/** An application that is just opening or closing its home, and does not say so by the turn, is waited for, seconds. */
const patience = 5;

/** After so many seconds it is said what is waited for. */
const silence = 3;

/** @throws StorageError, or AppError home-in-use when the one that holds the home does not answer */
export async function openSession(context: Context, kind: 'cli' | 'server' = 'cli'): Promise<Session> {
  const { home, version, host, signal, output } = context;
  const waited = { since: performance.now(), told: false };
  for (let began = performance.now(); ; await sleep(250)) {
    const beside = await connectLocally(homePaths(home));
    if (beside) {
      try {
        assertAlike(await beside.call('system.host', null), version);
      } catch (error) {
        beside.close();
        throw error;
      }
      return { client: beside, app: null, close: async () => beside.close() };
    }
    signal.throwIfAborted();
    const turn = takeTurn(homePaths(home));
    if (!turn) {
      began = performance.now();
      if (began - waited.since > 1000 * silence && !waited.told)
        output.note('waiting for the Lookalike that opens or closes this home (Ctrl-C ends the wait)');
      waited.told ||= began - waited.since > 1000 * silence;
      continue;
    }
    try {
      const lastTry = performance.now() - began > 1000 * patience;
      if (isHeld(home) && !lastTry) continue;
      if (kind === 'server' || host.launch) return await own(context, kind);
      return { app: null, ...(await startApp(home, version)) };
    } catch (error) {
      signal.throwIfAborted(); // a terminal's Ctrl-C ends the application as it begins, too
      if ((error as { code?: unknown }).code !== 'home-in-use' || performance.now() - began > 1000 * patience)
        throw error;
    } finally {
      turn.release();
    }
  }
}

/** What another version is asked, it may take for something else, and its answers may be. @throws UsageError, home-in-use */
function assertAlike(host: AppResult<'system.host'>, version: string): void {
  if (isOffline() && !host.offline)
    throw new UsageError('a Lookalike that may send has this home open: close it, or leave out --offline');
  if (host.version === version) return;
  const which = `Lookalike ${host.version} has this home open, and this is ${version}`;
  throw Object.assign(new Error(`${which}: close it first, or choose another home with --home`), {
    code: 'home-in-use',
  });
}

async function own({ home, version, host, output, signal }: Context, kind: 'cli' | 'server'): Promise<Session> {
  const { createApp } = await import('../app/index.ts');
  const app = await createApp({ ...host, home, host: { kind, version } });
  let left = () => {};
  const line = await listenLocally(homePaths(home), app, () => left()).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const release = holdProcess(); // what trains in this process is saved
  const [here, there] = memoryPair();
  serve(there, app);
  const client = connect(here);
  return {
    client,
    app,
    close: async () => {
      client.close();
      if (kind === 'cli' && line.clients > 0) {
        output.note('another command is at work in this process: it ends with that one, or at Ctrl-C');
        await new Promise<void>((resolve) => {
          left = () => line.clients === 0 && resolve();
          signal.addEventListener('abort', () => resolve(), { once: true });
          if (signal.aborted) resolve();
        });
      }
      line.refuse();
      await app.close().finally(() => line.end());
      release();
    },
  };
}

/** Opens a session, does the work and closes it however the work ends. */
export async function withSession<T>(context: Context, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(context);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
