/**
 * A command's line to the application. Where none is open it opens one in this very process: a command has no window
 * to keep responsive, one process fewer can be killed at a wrong moment, and signals arrive where they are handled;
 * the computing has a process of its own all the same. Where one is open, the command talks to it over the home's
 * local socket.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, serve } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import { memoryPair } from '../../shared/transport.ts';
import { AppError, connectLocally, createApp, homePaths, listenLocally } from '../app/index.ts';
import type { App } from '../app/index.ts';
import type { Context } from './command.ts';

export interface Session {
  client: Client;
  /** The application in this process; null where another process has it. */
  app: App | null;
  close(): Promise<void>;
}

/** @throws StorageError, or AppError home-in-use when the one that holds the home does not answer */
export async function openSession(
  { home, version, host }: Pick<Context, 'home' | 'version' | 'host'>,
  kind: 'cli' | 'server' = 'cli',
): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await own(home, version, kind, host);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'home-in-use') throw error;
      const client = await connectLocally(homePaths(home));
      if (client) return { client, app: null, close: async () => client.close() };
      if (attempt >= 8) throw error;
      await sleep(250); // it is just starting or just ending
    }
  }
}

async function own(home: string, version: string, kind: 'cli' | 'server', host: Context['host']): Promise<Session> {
  const app = await createApp({ ...host, home, host: { kind, version } });
  const stopListening = await listenLocally(homePaths(home), app);
  const [here, there] = memoryPair();
  serve(there, app);
  const client = connect(here);
  return {
    client,
    app,
    close: async () => {
      client.close();
      await stopListening();
      await app.close();
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
