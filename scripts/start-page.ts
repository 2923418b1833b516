/**
 * From `npm start -- --browser` on a built checkout to the page, by the clock: the address, the page's first answer, and
 * its first heading in a Chromium that is open already. The home is new each time.
 *
 *   node scripts/start-page.ts [--times 5]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/browser/chromium.ts';

const { values } = parseArgs({ options: { times: { type: 'string', default: '5' } } });
const { executablePath, args } = await findChromium();
const browser = await chromium.launch({ executablePath, args });

/** The address that the started program prints. */
function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer) => {
      said += text.toString();
      const address = /http:\/\/127\S+/.exec(said)?.[0];
      if (address) resolve(address);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', () => reject(new Error(said)));
  });
}

for (let time = 0; time < Number(values.times); time++) {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-page-'));
  const page = await browser.newPage();
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(2)} s`;
  const child = spawn('npm', ['start', '--', '--browser', '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, which is ended as one
  });
  const address = await addressOf(child);
  const printed = since();
  await page.goto(address, { waitUntil: 'commit' });
  const answered = since();
  await page.getByRole('heading').first().waitFor();
  console.log(`address ${printed}, answered ${answered}, page ${since()}`);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGINT');
  await ended;
  await page.close();
  rmSync(home, { recursive: true, force: true });
}
await browser.close();
