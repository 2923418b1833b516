/**
 * Studies with the real trainer on tiny pictures, killed in the middle: by kill -9 of the application that is started
 * again, and of the command line where the same command goes on.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import type { Experiment } from '../../shared/contract.ts';
import { processTransport } from '../../src-main/app/index.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { texture } from '../helpers/pictures.ts';

const directory = sharedFolder('lab-kill');
let photos: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  photos = join(directory, 'photos');
  for (let i = 0; i < 24; i++) {
    const folder = join(photos, i % 2 ? 'odd' : 'even');
    mkdirSync(folder, { recursive: true });
    await texture(i, 64, 48)
      .jpeg()
      .toFile(join(folder, `${i}.jpg`));
  }
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** An application as a process of its own, and a client of it. */
async function open(home: string): Promise<{ child: ChildProcess; client: Client }> {
  const child = fork(new URL('../../src-main/app/main.ts', import.meta.url), ['--home', home, '--kind', 'test'], {
    serialization: 'advanced',
    execArgv: [],
  });
  children.push(child);
  await new Promise((resolve) => child.once('message', resolve));
  return { child, client: connect(processTransport(child)) };
}
async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Both arms done, each by one run that was trained to its end, once. */
async function expectWhole(client: Client, { id }: Pick<Experiment, 'id'>): Promise<void> {
  const experiment = await client.call('lab.get', { experimentId: id });
  expect(experiment.rows.map(({ done, failed }) => [done, failed])).toEqual([
    [1, 0],
    [1, 0],
  ]);
  expect(experiment.findings.length).toBeGreaterThan(0);
  for (const row of experiment.rows)
    for (const value of [row.mean, row.rank, row.loss, row.untrained]) expect(Number.isFinite(value)).toBe(true);
  const runs = (await client.call('runs.list', null)).filter((run) => run.experiment?.experimentId === id);
  expect(runs.map(({ state, step, steps }) => [state, step === steps])).toEqual([
    ['finished', true],
    ['finished', true],
  ]);
  for (const { id: runId, steps } of runs) {
    const rows = (await client.call('runs.epochs', { runId })).map(({ step }) => step);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
    expect(rows.at(-1)).toBe(steps);
  }
}

test('an application that is killed twice goes on by itself to the table and the report', async () => {
  const home = join(directory, 'home');
  let { child, client } = await open(home);
  const { id: datasetId } = await client.call('library.add', { folder: photos, read: false });
  const { id } = await client.call('lab.start', {
    study: 'stop-gradient',
    datasetId,
    minutes: 0.15,
    seeds: 1,
    linear: false,
  });
  for (const place of [0, 1]) {
    // a step of this arm has been made; the trainer is in the middle of the next ones
    await expect
      .poll(
        async () => {
          const { runId } = (await client.call('lab.get', { experimentId: id })).cells[place]!;
          return runId === null ? 0 : (await client.call('runs.get', { runId })).step;
        },
        { timeout: 120_000, interval: 50 },
      )
      .toBeGreaterThan(0);
    await kill(child);
    ({ child, client } = await open(home));
  }
  await expect
    .poll(async () => (await client.call('lab.get', { experimentId: id })).state, { timeout: 120_000 })
    .toBe('finished');
  await expectWhole(client, { id });
  const folder = join(directory, 'report');
  await client.call('lab.report', { experimentId: id, language: 'en', folder });
  expect(readFileSync(join(folder, 'report.html'), 'utf8').match(/<path class="curve"/g)).toHaveLength(8);
  client.close();
}, 400_000);

test.skipIf(process.platform === 'win32')(
  'lookalike lab: lists, predicts, runs; the same command goes on after kill -9, and writes the report',
  async () => {
    const home = join(directory, 'home of the command');
    const run = (...args: string[]) => startCommand(args, home).ended;
    const { out } = await run('lab');
    for (const part of [
      'stop-gradient',
      'Fig. 2',
      'without stop-gradient (0.1)',
      'methods',
      'Table 4',
      'SwAV without stop-gradient (diverges)',
    ])
      expect(out).toContain(part);
    const listed = JSON.parse((await run('lab', '--json')).out) as {
      studies: { id: string; arms: unknown[] }[];
      experiments: unknown[];
    };
    expect(listed.studies).toHaveLength(11);
    expect(listed.experiments).toEqual([]);
    for (const [args, message] of [
      [['lab', 'nonsense', photos], /no study 'nonsense': choose from stop-gradient/],
      [['lab', 'similarity'], /lookalike lab similarity FOLDER/],
      [['lab', 'resume', 'x'], /no experiment 'x'/],
      [['lab', 'similarity', photos, '--minutes', '0'], /--minutes 0/],
    ] as const) {
      const { code, err } = await run(...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }

    const report = join(directory, 'report of the command');
    const command = ['lab', 'similarity', photos, '--minutes', '0.15', '--out', report, '--json'];
    const stopped = startCommand(command, home);
    await stopped.event('plan');
    stopped.child.kill('SIGINT'); // while it is being started
    const { code: stoppedCode, events: stoppedEvents, err: stoppedErr } = await stopped.ended;
    expect(stoppedCode).toBe(0);
    expect(stoppedEvents.map(({ event }) => event)).toContain('stopped');
    expect(stoppedErr).toMatch(/lab resume [0-9a-f]{8}' goes on from there/);

    const first = startCommand(command, home);
    await first.event('arm'); // one is done, the next has begun or is about to
    first.killAll();
    await first.ended;
    const { code, events, err } = await startCommand(command, home).ended;
    expect({ code, err: err.includes('lookalike:') }).toEqual({ code: 0, err: false });
    expect(events.filter(({ event }) => event === 'arm')).toHaveLength(2); // those that were done are told again
    const done = events.at(-1) as unknown as Experiment & { event: string; sentences: string[] };
    expect(done).toMatchObject({ event: 'done', study: 'similarity', state: 'finished' });
    expect(done.sentences.length).toBeGreaterThan(0);
    for (const sentence of done.sentences) expect(sentence).not.toMatch(/\{|NaN/);
    expect(readFileSync(join(report, 'arms.csv'), 'utf8').split('\r\n')).toHaveLength(4);

    const { client, child } = await open(home);
    await expectWhole(client, done);
    client.close();
    await new Promise((resolve) => child.once('exit', resolve));
    const shown = await run('lab', 'show', done.id.slice(0, 6));
    for (const part of ['kNN accuracy', 'before', 'cross-entropy', '63.2 %', done.sentences[0]!])
      expect(shown.out).toContain(part);
    const ended = await run('lab', 'delete', done.id, '--runs');
    expect(ended.out).toMatch(/its 2 runs/);
    expect(JSON.parse((await run('runs', '--json')).out)).toEqual([]);
  },
  400_000,
);
