/**
 * Starts the application of a home as a process of its own (main.ts) for a command of Node. It stays when the command
 * ends, as long as another is connected.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import { ContractError } from '../../shared/contract.ts';
import { storageError } from '../db/index.ts';
import { programAt } from '../files/index.ts';
import { keepCompiled } from './compiled.ts';
import type { ShellReport } from './main.ts';
import { homePaths } from './paths.ts';
import { processTransport } from './transport.ts';

const entry = programAt('./main', import.meta.url);

/** @throws what keeps it from opening its home, as the application threw it */
export async function startApp(home: string, version: string): Promise<{ client: Client; close(): Promise<void> }> {
  const paths = homePaths(home);
  if (existsSync(paths.database)) keepCompiled(paths); // a home that is not there yet is not begun by a cache
  const child = fork(fileURLToPath(entry), ['--home', home, '--kind', 'cli', '--version', version], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform === 'win32', // there a child ends with its parent unless it is
  });
  const unstarted = new Promise<never>((_, reject) =>
    child.once('error', (error) => reject(storageError(error, home))),
  );
  unstarted.catch(() => {}); // later than its start it tells of nothing that its end does not
  child.stderr?.pipe(process.stderr, { end: false }); // none where it could not be started
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  const said = (type: ShellReport['type']) =>
    new Promise<ShellReport>((resolve) =>
      child.on('message', (message: ShellReport) => {
        if (message.type === type) resolve(message);
      }),
    );
  const first = await Promise.race([said('ready'), said('failed'), unstarted, exited]);
  if (first?.type === 'failed') throw new ContractError(first.error);
  if (!first) throw new Error('the application ended as it began: start it again');
  const client = connect(processTransport(child));
  const stays = said('stays');
  return {
    client,
    async close() {
      if (child.connected) child.send({ type: 'close' }, () => {});
      await Promise.race([exited, stays]);
      client.close();
      child.stderr?.destroy();
      child.unref();
    },
  };
}
