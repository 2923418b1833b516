/**
 * A home that is about to be begun inside the photos that a command reads is refused before anything is written there;
 * one that stands is the application's to judge (homeApart.ts).
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { assertApart, isBegun } from '../app/reach.ts';
import { answered } from '../files/index.ts';
import type { Arguments } from './command.ts';

/** Options that name folders of photos. */
const folders = ['photos', 'train', 'test'];

/** @throws AppError bad-folder, FileError no-answer */
export async function assertNewHomeApart(args: Arguments, home: string): Promise<void> {
  if (isBegun(home)) return;
  for (const named of [...args.positionals, ...folders.map((name) => args.text(name) ?? '')]) {
    if (named === '') continue;
    const folder = resolve(named);
    const found = await answered(folder, () => stat(folder).catch(() => null));
    if (found?.isDirectory()) assertApart(folder, home);
  }
}
