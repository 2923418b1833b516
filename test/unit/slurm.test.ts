/** What train.slurm does at the end of its time, with doubles of SLURM's commands and of torchrun. */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testFolder } from '../helpers/folders.ts';

const commands = {
  scontrol: '#!/bin/bash\nif [ "$1" = show ]; then echo node1; else echo "$@" > queued; fi\n',
  // signals what it started, and nothing below that, as SLURM does
  srun: `#!/bin/bash
while [[ $1 == --* ]]; do shift; done
"$@" & task=$!
until [ -e trains ]; do sleep 0.05; done
kill -USR2 $task
wait $task
`,
  torchrun: `#!${process.execPath}
const worker = "process.on('SIGUSR2', () => (fs.writeFileSync('saved', ''), process.exit(0)));" +
  "fs.writeFileSync('trains', ''); setInterval(() => {}, 1000)";
require('node:child_process').spawn(process.execPath, ['-e', worker]).on('exit', (code) => process.exit(code ?? 1));
`,
};

test.skipIf(process.platform !== 'linux')(
  'the run is saved, and the job put back into the queue',
  async () => {
    const folder = testFolder('slurm');
    copyFileSync(new URL('../../src-main/cluster/train.slurm', import.meta.url), join(folder, 'train.slurm'));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const [name, text] of Object.entries(commands)) writeFileSync(join(bin, name), text, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, SLURM_SUBMIT_DIR: folder };
    const job = { SLURM_JOB_ID: '7', SLURM_JOB_NODELIST: 'node1', SLURM_NNODES: '1' };
    await promisify(execFile)('bash', ['train.slurm'], { cwd: folder, env: { ...env, ...job } });
    expect(existsSync(join(folder, 'saved'))).toBe(true);
    expect(readFileSync(join(folder, 'queued'), 'utf8').trim()).toBe('requeue 7');
  },
  60_000,
);
