/**
 * Questions about folders that their disk may never answer, put beside the thread that everybody waits for. One that has
 * no answer yet is not put again: each would keep one of the few threads that read files.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError } from './errors.ts';
import { answered } from './given.ts';
import { systemPath } from './names.ts';

/** Seconds in which a disk says whether a folder is there; one that spins up may be asked again. */
const patience = 5;

interface Question {
  answer: Promise<unknown>;
  /** Somebody has waited in vain. */
  isLate: boolean;
}
const open = new Map<string, Question>();

/** @param put never rejects @returns undefined where the disk does not answer */
async function ask<T>(what: string, path: string, put: () => Promise<T>): Promise<T | undefined> {
  const name = `${what} ${path}`;
  const wait = async (question: Question): Promise<T | undefined> => {
    if (question.isLate) return undefined;
    try {
      return await answered(path, () => question.answer as Promise<T>, patience);
    } catch {
      question.isLate = true;
      return undefined;
    }
  };
  for (let before = open.get(name); before; before = open.get(name))
    if ((await wait(before)) === undefined) return undefined; // else its answer may be older than this question
  const question = { answer: put().finally(() => open.delete(name)), isLate: false };
  open.set(name, question);
  return await wait(question);
}

const deviceIn = (folder: string): Promise<number | null | undefined> =>
  ask('device', folder, () =>
    stat(systemPath(folder)).then(
      ({ dev }) => dev,
      () => null,
    ),
  );

/**
 * The disk that a folder lies on; undefined where there is no such folder, or it does not answer. What lies under a mount
 * is another one.
 */
export const deviceOf = async (folder: string): Promise<number | undefined> => (await deviceIn(folder)) ?? undefined;

/** Whether a folder is there. @throws FileError no-answer */
export async function isThere(folder: string): Promise<boolean> {
  const device = await deviceIn(folder);
  if (device === undefined) throw new FileError('no-answer.path', { path: folder, seconds: patience });
  return device !== null;
}

/** The path with the symbolic links in it followed, as far as it exists and its disk answers. */
export async function placeOf(path: string): Promise<string> {
  const place = await ask('place', path, () => realpath(path).catch(() => null));
  if (place === undefined || dirname(path) === path) return place ?? path;
  return place ?? join(await placeOf(dirname(path)), basename(path));
}
