/** Leases, shared work, closers and the client that is closed too early: each order of two hands. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect } from '../../shared/client.ts';
import { stopAll } from '../../shared/closers.ts';
import { reason } from '../../shared/reason.ts';
import { AppEvents } from '../../src-main/app/events.ts';
import { Leases, Shared } from '../../src-main/app/leases.ts';
import { Tasks } from '../../src-main/app/tasks.ts';

test('every stop runs, the last first, and what they threw is told', async () => {
  const ran: string[] = [];
  const stop = (name: string, fails = false) => {
    return () => {
      ran.push(name);
      if (fails) throw new Error(name);
    };
  };
  await expect(stopAll([stop('lock'), stop('store', true), stop('pool'), stop('server', true)])).rejects.toMatchObject({
    message: 'server',
    errors: [{ message: 'server' }, { message: 'store' }],
  });
  expect(ran).toEqual(['server', 'pool', 'store', 'lock']);
  await expect(stopAll([stop('one', true)])).rejects.toThrow('one');
  await stopAll([]);
});

test('a client that is closed before it was attached answers what was asked', async () => {
  const client = connect();
  const asked = client.call('library.list', null);
  client.close();
  await expect(asked).rejects.toMatchObject({ code: 'disconnected' });
});

test('shared work: who leaves leaves alone; when all have left it ends, and the next begins it anew', async () => {
  const begun: { signal: AbortSignal; resolve(value: number): void }[] = [];
  const shared = new Shared<number>((signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    begun.push({ signal, resolve });
    return promise;
  });
  const [a, b, c] = [new AbortController(), new AbortController(), new AbortController()];
  const first = shared.get(a.signal);
  const second = shared.get(b.signal);
  a.abort();
  await expect(first).rejects.toThrow();
  expect(begun[0]!.signal.aborted).toBe(false);
  b.abort();
  await expect(second).rejects.toThrow();
  expect(begun[0]!.signal.aborted).toBe(true);
  const third = shared.get(c.signal);
  expect(begun.length).toBe(2);
  begun[1]!.resolve(7);
  expect(await third).toBe(7);
  c.abort();
  expect(await shared.get()).toBe(7);
  expect(begun.length).toBe(2);
});

test('by property: whatever the order of those who come and leave, each who stays is answered and none is left over', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.constant({ do: 'ask' as const }),
          fc.record({ do: fc.constant('leave' as const), who: fc.nat(20) }),
          fc.constant({ do: 'finish' as const }),
          fc.constant({ do: 'fail' as const }),
        ),
        { maxLength: 30 },
      ),
      async (steps) => {
        const begun: { signal: AbortSignal; over: boolean; resolve(): void; reject(): void }[] = [];
        const shared = new Shared<string>((signal) => {
          const { promise, resolve, reject } = Promise.withResolvers<string>();
          const entry = {
            signal,
            over: false,
            resolve: () => ((entry.over = true), resolve('made')),
            reject: () => ((entry.over = true), reject(new Error('failed'))),
          };
          signal.addEventListener('abort', () => ((entry.over = true), reject(signal.reason as Error)));
          begun.push(entry);
          return promise;
        });
        const askers: { abort: AbortController; end: Promise<string> }[] = [];
        const atWork = () => begun.filter(({ over }) => !over);
        for (const step of steps) {
          if (step.do === 'ask') {
            const abort = new AbortController();
            const end = shared
              .get(abort.signal)
              .catch((error: Error) => (abort.signal.aborted ? 'left' : error.message));
            askers.push({ abort, end });
          } else if (step.do === 'leave') askers[step.who]?.abort.abort();
          else if (step.do === 'finish') atWork()[0]?.resolve();
          else atWork()[0]?.reject();
          await new Promise((turn) => setImmediate(turn));
          expect(atWork().length).toBeLessThanOrEqual(1);
        }
        atWork()[0]?.resolve();
        for (const { abort, end } of askers)
          expect(['made', 'failed', ...(abort.signal.aborted ? ['left'] : [])]).toContain(await end);
        expect(atWork()).toEqual([]);
        expect(await Promise.all([shared.get(), Promise.resolve(atWork()[0]?.resolve())])).toEqual(['made', undefined]);
      },
    ),
    { numRuns: 200 },
  ));

test('by property: what is held is held until the last who holds it has given it back, once', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ hold: fc.boolean(), id: fc.constantFrom('a', 'b'), which: fc.nat(10) }), { maxLength: 40 }),
      async (steps) => {
        const leases = new Leases();
        const held: { id: string; release(): void; given: boolean }[] = [];
        const holders = (id: string) => held.filter((lease) => lease.id === id && !lease.given).length;
        const free = { a: true, b: true };
        const watch = (id: 'a' | 'b') => {
          free[id] = false;
          void leases.free('set', id).then(() => (free[id] = true));
        };
        for (const { hold, id, which } of steps) {
          if (hold) held.push({ id, release: leases.hold('set', id), given: false });
          else if (held[which]) {
            held[which].release(); // also a second time
            held[which].given = true;
          }
          for (const name of ['a', 'b'] as const) {
            expect(leases.isHeld('set', name)).toBe(holders(name) > 0);
            watch(name);
          }
          await new Promise((turn) => setImmediate(turn));
          for (const name of ['a', 'b'] as const) expect(free[name]).toBe(holders(name) === 0);
        }
      },
    ),
  ));

test('a task that cannot give back what it holds has failed, and those behind it work', async () => {
  const tasks = new Tasks(new AppEvents(), new AbortController().signal);
  const work = () => Promise.resolve('made');
  const release = () => Promise.reject(new Error('another program has it open'));
  tasks.start('embed', reason('doing.classifying'), work, { release });
  const next = tasks.start('embed', reason('doing.classifying'), work);
  expect(await tasks.result(next.id)).toBe('made');
  expect(tasks.list().map(({ state, error }) => [state, error?.message])).toEqual([
    ['failed', 'another program has it open'],
    ['done', undefined],
  ]);
});

test('by property: in each line tasks work one at a time and in order, but for those that were cancelled', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({
            do: fc.constant('start' as const),
            line: fc.constantFrom('device' as const, 'processor' as const),
          }),
          fc.record({ do: fc.constant('cancel' as const), which: fc.nat(15) }),
          fc.record({
            do: fc.constant('end' as const),
            line: fc.constantFrom('device' as const, 'processor' as const),
          }),
        ),
        { maxLength: 40 },
      ),
      async (steps) => {
        const tasks = new Tasks(new AppEvents(), new AbortController().signal);
        const started: {
          id: string;
          line: string;
          end(): void;
          begun: boolean;
          released: number;
          cancelled: boolean;
        }[] = [];
        const stateOf = (id: string) => tasks.list().find((task) => task.id === id)!.state;
        for (const step of steps) {
          if (step.do === 'start') {
            const { promise, resolve } = Promise.withResolvers<void>();
            const entry = { id: '', line: step.line, end: resolve, begun: false, released: 0, cancelled: false };
            const work = async ({ signal }: { signal: AbortSignal }) => {
              entry.begun = true;
              await Promise.race([promise, new Promise((leave) => signal.addEventListener('abort', leave))]);
              signal.throwIfAborted();
              return null;
            };
            const release = () => void entry.released++;
            entry.id = tasks.start('embed', reason('doing.classifying'), work, { line: step.line, release }).id;
            started.push(entry);
          } else if (step.do === 'cancel') {
            const entry = started[step.which];
            if (entry && ['queued', 'running'].includes(stateOf(entry.id))) {
              tasks.cancel(entry.id);
              entry.cancelled = true;
            }
          } else started.find(({ id, line }) => line === step.line && stateOf(id) === 'running')?.end();
          await new Promise((turn) => setImmediate(turn));
          for (const line of ['device', 'processor']) {
            const states = started.filter((entry) => entry.line === line).map(({ id }) => stateOf(id));
            const [running, queued] = [states.indexOf('running'), states.indexOf('queued')];
            expect(states.filter((state) => state === 'running').length).toBeLessThanOrEqual(1);
            if (queued >= 0) expect(running).toBeGreaterThanOrEqual(0); // nobody waits for nothing
            if (queued >= 0) expect(running).toBeLessThan(queued);
          }
          for (const { id, cancelled } of started) if (cancelled) expect(stateOf(id)).toBe('cancelled');
        }
        for (const { end } of started) end();
        await tasks.idle();
        for (const { id, released } of started) {
          expect(released).toBe(1);
          expect(['done', 'cancelled']).toContain(stateOf(id));
        }
      },
    ),
    { numRuns: 50 },
  ));
