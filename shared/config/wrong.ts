/** What is wrong with a value by its schema, in our own words: zod's are English alone and name no setting. */
import type { z } from 'zod';
import type { Reason } from '../contract/wire.ts';
import type { KeyOf } from '../errors.ts';
import { reason } from '../reason.ts';

type Issue = z.core.$ZodIssue;
type Why = Reason<KeyOf<'bad-config'>>;

/** Characters of a value that are shown. */
const MOST_WRITTEN = 80;

/** The setting's dotted path, and what it has to be. */
export function wrongSetting(issue: Issue, input: unknown): [setting: string, why: Why] {
  if (issue.code === 'unrecognized_keys') {
    const setting = [...issue.path, issue.keys[0]].join('.');
    return [setting, reason('bad-config.unknown', { setting })];
  }
  const setting = issue.path.join('.') || 'config';
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return [setting, limit(issue, { setting, given: written(value) })];
}

/** As much of a value as a sentence has room for. JSON calls an infinite number null. */
function written(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined');
  return text.length > MOST_WRITTEN ? `${text.slice(0, MOST_WRITTEN)}…` : text;
}

function limit(issue: Issue, of: { setting: string; given: string }): Why {
  switch (issue.code) {
    case 'too_small': {
      const least = Number(issue.minimum);
      if (issue.origin === 'string') return reason('bad-config.kind', { ...of, kind: reason('bad-config.a-text') });
      return reason(issue.inclusive === false ? 'bad-config.above' : 'bad-config.least', { ...of, least });
    }
    case 'too_big':
      return reason(issue.inclusive === false ? 'bad-config.below' : 'bad-config.most', {
        ...of,
        most: Number(issue.maximum),
      });
    case 'not_multiple_of':
      return reason('bad-config.multiple', { ...of, divisor: issue.divisor });
    case 'invalid_value':
      return reason('bad-config.choice', { ...of, choices: issue.values.map(String).join(', ') });
    case 'invalid_union': {
      // one that nearly fits says most: a number too small rather than that it is no word
      const branches = issue.errors.flatMap(([first]) => (first ? [first] : []));
      const near = branches.find(({ code }) => code !== 'invalid_type' && code !== 'invalid_value');
      if (near) return limit(near as Issue, of);
      const [one, other] = branches.map((branch) => kindOf(branch as Issue));
      return one && other
        ? reason('bad-config.kind', { ...of, kind: reason('bad-config.either', { one, other }) })
        : reason('bad-config.kind', { ...of, kind: one ?? reason('bad-config.a-number') });
    }
    default:
      return reason('bad-config.kind', { ...of, kind: kindOf(issue) });
  }
}

function kindOf(issue: Issue): Why {
  if (issue.code === 'invalid_value')
    return reason('bad-config.one-of', { choices: issue.values.map(String).join(', ') });
  if (issue.code !== 'invalid_type') return reason('bad-config.a-number');
  if ((issue as { format?: string }).format === 'safeint') return reason('bad-config.a-whole-number');
  switch (issue.expected) {
    case 'int':
      return reason('bad-config.a-whole-number');
    case 'boolean':
      return reason('bad-config.a-switch');
    case 'string':
      return reason('bad-config.a-text');
    case 'object':
      return reason('bad-config.a-group');
    default:
      return reason('bad-config.a-number');
  }
}
