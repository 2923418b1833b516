/** A machine that lets the application open no more files says so in one sentence. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('handles');
const cli = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

test.skipIf(process.platform !== 'linux')('a command whose application cannot be started for want of files', () => {
  const told = [24, 26, 28].flatMap((most) => {
    const limited = ['-c', 'ulimit -n "$0"; exec "$@"', String(most), process.execPath, cli, 'runs', '--home', folder];
    const { stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    return stderr.startsWith('lookalike: ') ? [stderr] : []; // with fewer Node itself does not start
  });
  expect(new Set(told)).toEqual(
    new Set(['lookalike: too many files are open on this machine: close other programs, then open Lookalike again\n']),
  );
});
