/** Which settings do nothing beside which, for forms: each row is a setting, and follows the one it names. */
import { expect, it } from 'vitest';
import { parseConfig, settings } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { idleBeside } from '../../shared/config/idle.ts';

const idle = (patch: ConfigPatch) => {
  const config = parseConfig(patch);
  return settings().flatMap(({ path }) => (idleBeside(path, config) === null ? [] : [path]));
};

it('a setting counts or not with the one that it stands beside', () => {
  const [usual, adam] = [idle({}), idle({ optimizer: { name: 'adamw' } })];
  const whatever = ['temperature', 'predictor.averageMomentum', 'optimizer.trustCoefficient', 'teacher.weight'];
  for (const path of whatever) for (const list of [usual, adam]) expect(list).toContain(path);
  expect(usual).toEqual(expect.arrayContaining(['optimizer.beta1', 'backbone.licence']));
  expect(usual).not.toContain('optimizer.momentum');
  expect(adam).toContain('optimizer.momentum');
  expect(adam).not.toContain('optimizer.beta1');
  expect(idle({ method: 'simclr' })).not.toContain('temperature');
  expect(idle({ method: 'simclr' })).toContain('predictor.hiddenDim');
  expect(idle({ teacher: { from: 'run:a' } })).not.toContain('teacher.weight');
  expect(idle({ augment: { jitter: 0 } })).toContain('augment.hue');
  expect(usual).not.toContain('augment.hue');
  expect(idle({ head: { layers: 1 } })).toContain('head.hiddenDim');
  expect(idleBeside('optimizer.beta1', parseConfig({}))).toBe('optimizer.name');
});
