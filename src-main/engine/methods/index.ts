/**
 * The methods by their name in the configuration, and which settings this build computes.
 */
import type { RunConfig } from '../../../shared/config.ts';
import { UnsupportedSettingError } from '../errors.ts';
import type { Method } from './method.ts';
import { simsiam } from './simsiam.ts';

const METHODS: Partial<Record<RunConfig['method'], Method>> = { simsiam };

/** @throws UnsupportedSettingError naming the setting and what can be trained. */
export function methodOf(config: RunConfig): Method {
  const method = METHODS[config.method];
  if (!method) throw new UnsupportedSettingError('method', config.method, Object.keys(METHODS).join(', '));
  const supported: [setting: string, value: unknown, only: unknown][] = [
    ['predictor.kind', config.predictor.kind, 'mlp'],
    ['similarity', config.similarity, 'cosine'],
    ['symmetry', config.symmetry, 'symmetric'],
    ['innerSteps', config.innerSteps, 1],
    ['optimizer.name', config.optimizer.name, 'sgd'],
  ];
  for (const [setting, value, only] of supported)
    if (value !== only) throw new UnsupportedSettingError(setting, value, String(only));
  return method;
}
