/**
 * Questions about folders that their disk may never answer, put beside the thread that everybody waits for. One that has
 * no answer yet is not put again: each would keep one of the few threads that read files.
 */
import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError } from './errors.ts';
import { answered } from './given.ts';
import { systemPath } from './names.ts';

/** Seconds that a question is waited for by who shows how things are, and by who cannot go on without the answer. */
const glance = 5;
const patience = 10; // a disk that spins up takes some
/** Seconds that an answer which is overdue is waited for: a disk that is back gives it at once. */
const grace = 0.25;

interface Question {
  answer: Promise<unknown>;
  /** When it was put, ms. */
  at: number;
}
const open = new Map<string, Question>();

/**
 * What a question about a path is answered; undefined where the disk has not answered `seconds` after it was put.
 * @param put asks, and never rejects
 */
async function ask<T>(what: string, path: string, put: () => Promise<T>, seconds: number): Promise<T | undefined> {
  // from the root on: all that is asked of a dead disk is one question, of the folder that it is mounted on
  if (dirname(path) !== path && (await found(dirname(path), seconds)) === undefined) return undefined;
  const name = `${what} ${path}`;
  const wait = async ({ answer, at }: Question): Promise<T | undefined> => {
    const left = Math.max(grace, seconds - (performance.now() - at) / 1000);
    return await answered(path, () => answer as Promise<T>, left).catch(() => undefined);
  };
  for (let before = open.get(name); before; before = open.get(name))
    if ((await wait(before)) === undefined) return undefined; // else its answer may be older than this question
  const question = { answer: put().finally(() => open.delete(name)), at: performance.now() };
  open.set(name, question);
  return await wait(question);
}

const found = (path: string, seconds: number): Promise<Stats | null | undefined> =>
  ask('found', path, () => stat(systemPath(path)).catch(() => null), seconds);

/**
 * The disk that a folder lies on; undefined where there is no such folder, or it does not answer. What lies under a mount
 * is another one.
 */
export async function deviceOf(folder: string): Promise<number | undefined> {
  const is = await found(folder, glance);
  return is?.isDirectory() ? is.dev : undefined; // a file may have taken its place
}

/** Whether a folder is there. @throws FileError no-answer */
export async function isThere(folder: string): Promise<boolean> {
  const is = await found(folder, patience);
  if (is === undefined) throw new FileError('no-answer.path', { path: folder, seconds: patience });
  return is !== null;
}

/** The path with the symbolic links in it followed, as far as it exists and its disk answers. */
export async function placeOf(path: string): Promise<string> {
  const is = await found(path, glance);
  const real = () => realpath(path).catch(() => null);
  const place = is ? await ask('place', path, real, glance) : is;
  if (place === undefined || dirname(path) === path) return place ?? path;
  return place ?? join(await placeOf(dirname(path)), basename(path));
}
