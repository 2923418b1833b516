/** How long each call of a device is waited for, in the order in which a run really makes them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Control } from '../../src-main/trainer/control.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import type { Backend } from '../../src-main/trainer/backend.ts';
import { train } from '../../src-main/trainer/train.ts';
import { makeWorkplace, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(24);
});
afterAll(() => place.remove());

it('is the time for compiling for the first calls of each kind, and for what follows another session', async () => {
  const limits: { kind: string; seconds: number }[] = [];
  let limit = NaN;
  /** Notes under which limit each call of a session comes in. */
  const noted = <T extends object>(session: T): T =>
    new Proxy(session, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function' || name === 'close' || name === 'writeState')
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        return (...given: unknown[]): unknown => {
          limits.push({ kind: String(name), seconds: limit });
          return member.apply(target, given);
        };
      },
    });
  const backend: Backend = {
    ...onnxRuntime,
    patience: { first: 600, least: 120, factor: 20 },
    training: async (config, state, settings) =>
      noted(await onnxRuntime.training(config, state, { ...settings, device: 'cpu' })),
    encoder: async (config, state, settings) =>
      noted(await onnxRuntime.encoder(config, state, { ...settings, device: 'cpu' })),
  };
  const closing: (() => unknown)[] = [];
  await train(trainJob(place, 'patience', { device: 'webgpu', epochs: 3 }), {
    report: () => {},
    control: new Control(),
    backend,
    watch: (seconds) => (limit = seconds ?? NaN),
    later: (close) => closing.push(close),
  });
  for (const close of closing.reverse()) await close();

  const of = (kind: string) => limits.filter((call) => call.kind === kind).map(({ seconds }) => seconds);
  expect(limits.findIndex(({ kind }) => kind === 'advance')).toBeGreaterThanOrEqual(3); // the probe of the untrained network comes first
  expect(of('advance')).toEqual([600, 600, 120, 120, 120, 120, 120, 120, 120]);
  expect(of('settle').slice(0, 2)).toEqual([600, 600]);
  expect(of('readState').slice(0, 2)).toEqual([600, 600]);
  expect(new Set(of('update'))).toEqual(new Set([600]));
  for (const [i, { kind }] of limits.entries())
    if (kind === 'update') expect(limits[i + 1]).toEqual({ kind: 'embed', seconds: 600 });
}, 60_000);
