/** A compute process that is started ahead: given away once, with what it has said, and ended where nobody takes it. */
import { expect, test, vi } from 'vitest';
import type { Command, Job, JobImage, Report } from '../../shared/contract.ts';
import type { ComputeListeners } from '../../src-main/app/compute/launch.ts';
import { withLists } from '../../shared/jobLists.ts';
import { piecesOf } from '../../src-main/app/compute/lists.ts';
import type { JobLists, Pieces } from '../../src-main/app/compute/lists.ts';
import { Lists } from '../../src-main/trainer/lists.ts';
import { ComputeProcess } from '../../src-main/app/compute/process.ts';
import { Spare } from '../../src-main/app/compute/spare.ts';

const died = { code: 1, signal: null, complaint: '' };
const done = { type: 'done', result: { kind: 'estimate' } } as unknown as Report;

/** Launches doubles that tests speak for. */
function double(seconds?: number) {
  const started: { say: ComputeListeners; sent: unknown[]; killed: boolean }[] = [];
  const spare = new Spare((say) => {
    const process = { say, sent: [] as unknown[], killed: false };
    started.push(process);
    return { send: (command) => void process.sent.push(command), kill: () => void (process.killed = true) };
  }, seconds);
  const job = { kind: 'estimate' } as never;
  const run = () => new ComputeProcess(spare.launch, job, () => {});
  return { started, spare, run };
}

test('the first job takes it, whether it was ready or is still loading; the next one starts its own', async () => {
  const { started, spare, run } = double();
  spare.prepare();
  spare.prepare();
  expect(started.length).toBe(1);
  started[0]!.say.report({ type: 'ready' });
  started[0]!.say.report({ type: 'heartbeat', at: 0 });
  const first = run();
  await Promise.resolve();
  expect(started.length).toBe(1);
  expect(started[0]!.sent).toEqual([{ type: 'job', job: { kind: 'estimate' } }]);
  started[0]!.say.report(done);
  expect(await first.ended).toMatchObject({ type: 'done' });
  started[0]!.say.exit({ ...died, code: 0 });
  await first.exited;

  run();
  expect(started.length).toBe(2);
  spare.prepare();
  const late = run();
  expect(started.length).toBe(3);
  started[2]!.say.report({ type: 'ready' });
  expect(started[2]!.sent).toEqual([{ type: 'job', job: { kind: 'estimate' } }]);
  started[2]!.say.exit(died);
  expect(await late.ended).toMatchObject({ type: 'failed' });
});

test('one that dies before it is taken is forgotten', () => {
  const { started, spare, run } = double();
  spare.prepare();
  started[0]!.say.exit(died);
  run();
  expect(started.length).toBe(2);
});

test('one that nobody takes is ended, by the clock and by the end of the application', () => {
  vi.useFakeTimers();
  try {
    const { started, spare } = double(10);
    spare.prepare();
    vi.advanceTimersByTime(9000);
    spare.prepare(); // still wanted
    vi.advanceTimersByTime(9000);
    expect(started[0]!.killed).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(started[0]!.killed).toBe(true);
    spare.prepare();
    spare.close();
    expect(started.map(({ killed }) => killed)).toEqual([true, true]);
    spare.prepare();
    expect(started.length).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

/** A process that is handed a job with its lists; `sends` answers when what it is sent has left. */
function handing(job: Job, lists: JobLists, sends: (command: Command) => void | Promise<void> = () => {}) {
  const sent: Command[] = [];
  let say!: ComputeListeners;
  const launch = (listeners: ComputeListeners) => {
    say = listeners;
    const send = (command: Command) => {
      sent.push(command);
      return sends(command);
    };
    return { send, kill: () => say.exit({ ...died, code: 0 }) };
  };
  const compute = new ComputeProcess(launch, job, () => {}, { lists });
  say.report({ type: 'ready' });
  return { compute, sent };
}

test('many photos are read while they go before their job, no faster than they leave, and commands after it', async () => {
  const images = Array.from({ length: 2500 }, (_, i) => ({ id: `${i}` }) as JobImage);
  const job = { kind: 'embed', images: [], output: 'x' } as unknown as Job;
  let read = 0;
  const pieces = piecesOf(function* () {
    for (const image of images) {
      read++;
      yield image;
    }
  });
  const leave: (() => void)[] = [];
  const gone = () => new Promise<void>((resolve) => leave.push(resolve));
  const { compute, sent } = handing(job, { images: pieces }, ({ type }) => (type === 'photos' ? gone() : undefined));
  compute.send({ type: 'pause' });
  await vi.waitFor(() => expect(sent.length).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent.length).toBe(1); // it has not left yet
  expect(read).toBeLessThan(images.length);
  leave.shift()!();
  await vi.waitFor(() => expect(sent.length).toBe(2));
  leave.shift()!();
  await vi.waitFor(() => expect(sent.length).toBe(4));
  expect(sent.map(({ type }) => type)).toEqual(['photos', 'photos', 'job', 'pause']);
  expect(sent.flatMap((command) => (command.type === 'photos' ? command.images : []))).toEqual(images.slice(0, 2000));
  expect(sent[2]).toEqual({ type: 'job', job: { ...job, images: images.slice(2000) } });
  compute.kill();
  await compute.exited;
});

test('so do lists inside a job, each by its name, and the other end has the job whole', async () => {
  const images = Array.from({ length: 1500 }, (_, i) => ({ id: `${i}`, label: null }));
  const few = images.slice(0, 3);
  const jobs = [
    { kind: 'evaluate', train: { vectors: 'x', images }, test: { vectors: 'y', images: few } },
    { kind: 'evaluate', train: { vectors: 'x', images }, test: null },
    { kind: 'export', images: few, embedded: { vectors: 'x', images: images.map(({ id }) => id) }, only: few },
  ] as unknown as Job[];
  for (const job of jobs) {
    const lists: Record<string, Pieces<unknown>> = {};
    const without = withLists(job, (list, of) => {
      lists[of] = piecesOf(() => list);
      return [];
    });
    const { compute, sent } = handing(without, lists);
    await vi.waitFor(() => expect(sent.at(-1)!.type).toBe('job'));
    expect(sent.map(({ type }) => type)).toEqual(['photos', 'job']);
    const taken = new Lists();
    let whole: Job | null = null;
    for (const command of sent) {
      if (command.type === 'photos') taken.take(command);
      else if (command.type === 'job') whole = taken.complete(command.job);
    }
    expect(whole).toEqual(job);
    compute.kill();
    await compute.exited;
  }
});

test('a list that cannot be read fails the job, and its process is ended', async () => {
  const broken = piecesOf<JobImage>(function* () {
    yield {} as JobImage;
    throw new Error('the database is locked');
  });
  const { compute, sent } = handing({ kind: 'embed', images: [] } as unknown as Job, { images: broken });
  expect(await compute.ended).toMatchObject({ type: 'failed', error: { message: 'the database is locked' } });
  await compute.exited;
  expect(sent).toEqual([]);
});
