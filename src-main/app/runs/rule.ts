/**
 * How a run that has a rule of its own sees the measured values of its folder. What it leaves to be measured is measured
 * by that rule: the folder's range for bands 1 to 3 would show band 5 white. Leaves the folder's rule as it is.
 */
import { ConfigError } from '../../../shared/config.ts';
import { reason } from '../../../shared/reason.ts';
import type { PixelRule } from '../../images/index.ts';
import type { DatasetRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { findingsOf, measuredBy, measuredRule, outdated, ruleOf } from '../library/measuring.ts';

type Found = Awaited<ReturnType<typeof measuredBy>>;

/** A plan is asked for again and again while its settings are typed: what was measured last, by what it was of. */
const last = new WeakMap<AppContext['store'], { of: string; found: Promise<Found> }>();

/**
 * The rule with its ranges and means, and what a person should know of the values by it.
 * @param wanted the run's rule, in which the folder's stands where the run's settings say nothing
 * @param asked what the settings say; ranges and means among them stay
 * @throws ConfigError for a fixed range of which an end is not given
 */
export async function ruleFor(
  { store, pool, closing }: Pick<AppContext, 'store' | 'pool' | 'closing'>,
  dataset: DatasetRow,
  wanted: PixelRule,
  asked: Partial<PixelRule> = {},
): Promise<Found> {
  if (wanted.rule === 'fixed' && (wanted.low === null || wanted.high === null))
    throw new ConfigError('input.rule', reason('bad-config.range-open'));
  const own = ruleOf(dataset);
  const same = (['rule', 'low', 'high', 'percentiles', 'bands', 'page', 'channels', 'ranges'] as const).every(
    (setting) => wanted[setting] === own[setting],
  );
  const old = outdated(measuredRule(dataset), wanted);
  const stands = same && Object.keys(old).length === 0;
  if (stands || dataset.findings === '{}') return { input: wanted, findings: findingsOf(dataset) };
  const rule = {
    ...wanted,
    ...(old.ranges !== undefined && asked.ranges === undefined && { ranges: '' }),
    ...(old.statistics !== undefined && asked.statistics === undefined && { statistics: '' }),
  };
  const of = JSON.stringify([dataset.id, dataset.findings, rule]);
  const before = last.get(store);
  if (before?.of === of) return before.found;
  const found = measuredBy({ store, pool }, dataset, rule, closing);
  last.set(store, { of, found });
  found.catch(() => last.delete(store));
  return found;
}
