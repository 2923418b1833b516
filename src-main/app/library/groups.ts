/**
 * Photos that belong together: a burst of a camera, or by what their files are called, frames of a sequence, or the well,
 * site or patient that a person's pattern finds in a path. A photo's group is a text; photos of one group never come apart in a split.
 */
import { runInNewContext } from 'node:vm';
import type { Grouping } from '../../../shared/contract.ts';
import { AppError } from '../errors.ts';

/** Milliseconds that a pattern may take for all names: there are expressions that would never end. */
const PATIENCE = 2000;

/** The group of each file, null: it is alone. @throws AppError bad-request where the pattern is none, or takes too long */
export function groupsOf(
  rule: { by: Exclude<Grouping['by'], 'csv' | 'bursts'>; pattern: string },
  files: readonly string[],
): (string | null)[] {
  switch (rule.by) {
    case 'none':
      return files.map(() => null);
    case 'names':
      return files.map(sequenceOf);
    case 'pattern':
      return matched(patternOf(rule.pattern), files, rule.pattern);
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

/** What the parts of the pattern that are meant are in each file, together; null where it does not match. */
function matched(pattern: RegExp, files: readonly string[], text: string): (string | null)[] {
  try {
    return runInNewContext(
      `files.map((file) => {
        const found = pattern.exec(file);
        if (!found) return null;
        const parts = found.slice(1).filter((part) => part !== undefined);
        return parts.length > 0 ? parts.join(' ') : null;
      })`,
      { files, pattern },
      { timeout: PATIENCE },
    ) as (string | null)[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new AppError('bad-request.group-slow', { pattern: text });
  }
}

/** Photos of one camera belong together while each follows the one before it within so many milliseconds. */
const BURST = 3000;

/** The burst of each photo: those that a camera took within seconds of each other; null: it is not known when. */
export function burstsOf(
  photos: readonly { file: string; taken: number | null; camera: string | null }[],
): (string | null)[] {
  const out: (string | null)[] = photos.map(() => null);
  const byCamera = Map.groupBy(
    [...photos.keys()].filter((i) => photos[i]!.taken !== null),
    (i) => photos[i]!.camera ?? '',
  );
  for (const [camera, own] of byCamera) {
    own.sort((a, b) => photos[a]!.taken! - photos[b]!.taken! || (photos[a]!.file < photos[b]!.file ? -1 : 1));
    let first = own[0]!;
    own.forEach((at, i) => {
      if (i > 0 && photos[at]!.taken! - photos[own[i - 1]!]!.taken! > BURST) first = at;
      out[at] = `${camera} ${photos[first]!.taken!}`.trim();
    });
  }
  return out;
}
