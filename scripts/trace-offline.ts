/**
 * Uses the application for a while in a home that cannot send, and traces every address that any of its processes
 * opens: the manual's commands again and again, each time in a new folder, beside a served window whose places are all
 * visited. Linux, with strace. Ends with 1 where an address was not this computer's own, or a command failed.
 *
 *   node scripts/trace-offline.ts [--minutes 60]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { places } from '../shared/places.ts';
import { chapters } from '../src-renderer/help/manual.ts';
import { findChromium } from '../test/browser/chromium.ts';
import { chapter, root, stepsOf, wordsOf } from '../test/helpers/manualSteps.ts';
import { isTraceable, strangers, traceInto } from '../test/helpers/sockets.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const work = mkdtempSync(join(tmpdir(), 'lookalike-trace-'));
const traces = join(work, 'traces');
mkdirSync(traces);
if (!isTraceable(join(traces, 'trial'))) {
  process.stderr.write('this needs Linux, and strace with the right to trace\n');
  process.exit(2);
}
const env = { ...process.env, LOOKALIKE_HOME: join(work, 'home'), LOOKALIKE_OFFLINE: '1' };
const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src-main/cli/main.ts')];
let traced = 0;
const command = (words: string[]): [string, string[]] => {
  const [program, ...rest] = [...traceInto(join(traces, String(traced++))), ...cli, ...words];
  return [program!, rest];
};

const began = performance.now();
const say = (text: string) =>
  process.stdout.write(`${((performance.now() - began) / 60_000).toFixed(1)} min  ${text}\n`);

const server = spawn(...command(['serve', '--port', '0']), {
  detached: true,
  env,
  cwd: work,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const address = await new Promise<string>((resolve, reject) => {
  let printed = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const found = /https?:\/\/\S+/.exec(printed)?.[0];
    if (found) resolve(found);
  });
  server.once('exit', () => reject(new Error(`serve ended: ${printed}`)));
});
const browser = await chromium.launch(await findChromium());
const page = await browser.newPage();
await page.goto(address);

/** Between two commands, milliseconds: a person looks at what came, and timers of the application have their time. */
const PAUSE = 15_000;
const failed: string[] = [];
let [rounds, commands] = [0, 0];
while (performance.now() - began < Number(values.minutes) * 60_000) {
  const folder = join(work, `round-${rounds++}`);
  mkdirSync(folder);
  for (const [n, step] of chapters.flatMap((id) => stepsOf(chapter('en', id))).entries()) {
    const { status, stderr } = spawnSync(...command(wordsOf(step.command).slice(1)), {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    commands++;
    if (status !== 0) failed.push(`${step.command}: ${stderr}`);
    if (step.command.startsWith('lookalike sample '))
      for (const label of readdirSync(join(folder, 'sample-photos')))
        for (const name of readdirSync(join(folder, 'sample-photos', label)).slice(12))
          rmSync(join(folder, 'sample-photos', label, name));
    await setTimeout(PAUSE);
    await page.goto(new URL(`#/${places[n % places.length]!.id}`, page.url()).href);
  }
  say(`round ${rounds}: ${commands} commands, ${failed.length} failed`);
}
await browser.close();
// strace itself does not heed the signal
process.kill(-server.pid!, 'SIGINT');
await new Promise((resolve) => server.once('exit', resolve));

const lines = readdirSync(traces).flatMap((file) => readFileSync(join(traces, file), 'utf8').split('\n'));
const opened = (family: string) => lines.filter((line) => line.includes(`sa_family=${family}`)).length;
const others = strangers(lines.join('\n'));
say(
  `${commands} commands in ${rounds} rounds and ${places.length} places: ${opened('AF_UNIX')} addresses of files, ` +
    `${opened('AF_INET')} and ${opened('AF_INET6')} of the internet's families, ${others.length} of them not this computer's`,
);
for (const line of [...others, ...failed]) process.stdout.write(`${line}\n`);
rmSync(work, { recursive: true, force: true });
process.exit(others.length + failed.length > 0 ? 1 : 0);
