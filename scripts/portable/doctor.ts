/** The part that runs `lookalike doctor --retest`, as a person would: what the program needs, and every device's self-test and views. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Doctor } from '../../shared/contract.ts';
import type { Settings } from './parts.ts';
import { programAt } from '../../src-main/files/program.ts';

const program = fileURLToPath(programAt('../../src-main/cli/main', import.meta.url));

/** Checks that say nothing here: photos are not decoded. */
const BESIDE = ['photo decoder'];

export async function doctor({ work }: Settings, found: (result: unknown) => void): Promise<void> {
  const child = spawn(process.execPath, [program, 'doctor', '--retest', '--json', '--home', join(work, 'home')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const line = answer.trim().split('\n').at(-1);
  if (!line?.startsWith('{')) throw new Error(`doctor ended with exit code ${String(code)} and no report`);
  const report = JSON.parse(line) as Doctor;
  found({
    checks: report.checks
      .filter(({ name }) => !BESIDE.includes(name))
      .map(({ name, ok, detail }) => ({ name, ok, detail })),
    devices: report.devices,
    auto: report.auto,
  });
}
