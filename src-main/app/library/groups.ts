/**
 * Photos that belong together: a burst of a camera, or by what their files are called, frames of a sequence, or the
 * well, site or patient that a person's pattern finds in a path. A photo's group is a text; photos of one group never
 * come apart in a split.
 */
import { createContext, runInContext } from 'node:vm';
import type { Grouping } from '../../../shared/contract.ts';
import { AppError } from '../errors.ts';
import { PartedMap } from '../partedMap.ts';
import { each, sorted } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';

/** Milliseconds that a pattern may take for all names: there are expressions that would never end. */
const PATIENCE = 2000;

/**
 * How the group of each file is found, null: it is alone. What is returned is asked for some files at a time.
 * @throws AppError bad-request where the pattern is none, or takes too long
 */
export function groupsOf(rule: {
  by: Exclude<Grouping['by'], 'csv' | 'bursts'>;
  pattern: string;
}): (files: readonly string[]) => (string | null)[] {
  switch (rule.by) {
    case 'none':
      return (files) => files.map(() => null);
    case 'names':
      return (files) => files.map(sequenceOf);
    case 'pattern':
      return matched(patternOf(rule.pattern), rule.pattern);
  }
}

/** A file's name without its last number and what ends it: `clip/frame_0012.png` is of `clip/frame_`. */
function sequenceOf(file: string): string | null {
  const found = /^(.*?)\d+[^\d/]*$/.exec(file);
  return found ? found[1]!.replace(/\d+$/, '') : null;
}

/**
 * Between slashes it is a regular expression; else `*` is any part of a name, `**` any part of a path, `?` a character
 * and `{well}` the part that is meant. Without a slash the file's own name is meant, in whichever folder.
 * @throws AppError bad-request
 */
export function patternOf(text: string): RegExp {
  const given = /^\/(.+)\/(i?)$/.exec(text.trim());
  if (given) {
    try {
      const pattern = new RegExp(given[1]!, `u${given[2]!}`);
      if (new RegExp(`${given[1]!}|`, 'u').exec('')!.length > 1) return pattern;
    } catch {
      // told below
    }
    throw new AppError('bad-request.group-expression', { pattern: text, example: '/plate(\\d+)_/' });
  }
  let parts = 0;
  const source = text.trim().replace(/\{[^{}/]*\}|\*\*|[*?]|[^{}*?]+|[{}]/gu, (piece) => {
    if (piece === '**') return '.*?';
    if (piece === '*') return '[^/]*?';
    if (piece === '?') return '[^/]';
    if (/^\{[^{}/]+\}$/.test(piece)) return (parts++, '([^/]+?)');
    return piece.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  if (parts === 0) throw new AppError('bad-request.group-pattern', { pattern: text, part: '{well}' });
  return new RegExp(`${text.includes('/') ? '^' : '(?:^|/)'}${source}$`, 'u');
}

const matching = `files.map((file) => {
  const found = pattern.exec(file);
  if (!found) return null;
  const parts = found.slice(1).filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(' ') : null;
})`;

/** What the parts of the pattern that are meant are in each file, together; null where it does not match. */
function matched(pattern: RegExp, text: string): (files: readonly string[]) => (string | null)[] {
  const context = createContext({ files: [] as readonly string[], pattern });
  let left = PATIENCE;
  return (files) => {
    const began = performance.now();
    context['files'] = files;
    try {
      return runInContext(matching, context, { timeout: Math.max(1, Math.ceil(left)) }) as (string | null)[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new AppError('bad-request.group-slow', { pattern: text });
    } finally {
      left -= performance.now() - began;
    }
  };
}

/** Photos of one camera belong together while each follows the one before it within so many milliseconds. */
const BURST = 3000;

/**
 * The burst of each photo by its id: those that a camera took within seconds of each other. Those of which it is not
 * known when are left out.
 */
export function* burstsOf(
  photos: readonly { id: string; file: string; taken: number | null; camera: string | null }[],
): Work<PartedMap<string>> {
  const out = new PartedMap<string>();
  const byCamera = new Map<string, { id: string; file: string; taken: number }[]>();
  yield* each(photos, ({ id, file, taken, camera }) => {
    if (taken === null) return;
    const own = byCamera.get(camera ?? '');
    if (own) own.push({ id, file, taken });
    else byCamera.set(camera ?? '', [{ id, file, taken }]);
  });
  for (const [camera, own] of byCamera) {
    const inTurn = yield* sorted(own, (a, b) => a.taken - b.taken || (a.file < b.file ? -1 : 1));
    let first = inTurn[0]!.taken;
    let last = first;
    yield* each(inTurn, ({ id, taken }) => {
      if (taken - last > BURST) first = taken;
      last = taken;
      out.set(id, `${camera} ${first}`.trim());
    });
  }
  return out;
}
