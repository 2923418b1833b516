/** Finding what a person named: a run by id, prefix or name, a folder by its path, a checkpoint by its epoch. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '../../shared/client.ts';
import type { Checkpoint, Dataset, Run, RunSummary, Tag } from '../../shared/contract.ts';
import { isNamed } from '../../shared/naming.ts';
import { counted } from '../../shared/messages/format.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import { answered, placeOf } from '../files/index.ts';
import type { Context } from './command.ts';
import { UsageError } from './command.ts';
import { listed } from './listed.ts';

/** @throws UsageError when there is none, or more than one */
export async function findRun(client: Pick<Client, 'call'>, named: string): Promise<RunSummary> {
  const runs = await client.call('runs.list', null);
  const exact = runs.find((run) => run.id === named);
  if (exact) return exact;
  const byName = runs.filter((run) => isNamed(run, named));
  const found = byName.length > 0 ? byName : runs.filter((run) => run.id.startsWith(named));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new UsageError(
      `'${named}' is more than one run (${found.map((run) => run.id).join(', ')}): give the whole id`,
    );
  throw new UsageError(
    runs.length === 0
      ? `there is no run '${named}', and ${await noRuns(client)}`
      : `there is no run '${named}': 'lookalike runs' lists them`,
  );
}

/** Why there are none, and what to do: the history may have been lost, and its runs be there still. */
export async function noRuns(client: Pick<Client, 'call'>): Promise<string> {
  const lost = await client.call('system.lostRuns', null);
  if (lost === 0) return "none at all yet: start one with 'lookalike train FOLDER'";
  const are = counted(lost, 'run is', 'runs are');
  return `none in the history, but ${are} in the home: 'lookalike doctor --repair' brings them back`;
}

/** The checkpoint of an epoch, or null for the latest. @throws UsageError */
export function findCheckpoint(run: Run, epoch: string | undefined): Checkpoint | null {
  if (epoch === undefined) {
    if (run.checkpoints.length > 0) return null;
    throw new UsageError(
      run.step > 0 && !isUnderWay(run.state)
        ? `run ${run.name} has no checkpoint that can be read: put its files back into runs/${run.id}/checkpoints in the home, or choose another run`
        : `run ${run.name} has no checkpoint yet: let it train for a while`,
    );
  }
  // As they are shown: one made in the middle of an epoch has more digits.
  const found = run.checkpoints.findLast((checkpoint) => round(checkpoint.epoch) === round(Number(epoch)));
  if (found) return found;
  throw new UsageError(
    `there is no checkpoint of epoch ${epoch}: kept are ${run.checkpoints.map((checkpoint) => round(checkpoint.epoch)).join(', ') || 'none'}`,
  );
}

export const round = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * Adds the folder to the library and waits until its photos are listed; what is no folder may be a collection's name.
 * @throws FileError no-answer: the application, which waits for the disk, is not asked then
 */
export async function openFolder(client: Client, folder: string, context: Context): Promise<Dataset> {
  const isThere = await answered(folder, () => stat(folder).catch(() => null));
  const collection = isThere ? undefined : await collectionNamed(client, folder);
  if (collection) return collection;
  const add = () => client.call('library.add', { folder: resolve(folder), read: false }, { signal: context.signal });
  return (await listed(client, folder, add, context)).dataset;
}

/** A collection by its name or id; the last made of several. */
async function collectionNamed(client: Client, named: string): Promise<Dataset | undefined> {
  const all = await client.call('library.list', null);
  return all.findLast((dataset) => dataset.parent !== null && (dataset.id === named || isNamed(dataset, named)));
}

/** The folder of the library that a person names by its path, there or not, its name or its id. @throws UsageError */
export async function findFolder(client: Client, named: string): Promise<Dataset> {
  const all = await client.call('library.list', null);
  const path = await placeOf(resolve(named));
  const found =
    all.find(
      ({ folder, id, parent }) => id === named || (parent === null && [path, resolve(named)].includes(folder)),
    ) ?? all.findLast((dataset) => isNamed(dataset, named));
  if (found) return found;
  throw new UsageError(
    all.length === 0
      ? `there is no folder '${named}' in the library, and none at all yet: add one with 'lookalike train FOLDER'`
      : `there is no folder '${named}' in the library: it has ${all.map(({ folder, name, parent }) => (parent === null ? folder : name)).join(', ')}`,
  );
}

async function findTag(client: Client, name: string): Promise<Tag | undefined> {
  const tags = await client.call('tags.list', null);
  return tags.find((row) => row.name.toLowerCase() === name.trim().toLowerCase() || isNamed(row, name.trim()));
}

/** A tag by its name, in whatever case. @throws UsageError where there is none */
export async function knownTag(client: Client, name: string): Promise<Tag> {
  const found = await findTag(client, name);
  if (found) return found;
  throw new UsageError(`there is no tag '${name}': 'lookalike tag' lists them`);
}

/** The tag of that name, made where there is none. @throws UsageError for a name that no tag can have */
export async function tagNamed(client: Client, name: string): Promise<Tag> {
  const { length } = name.trim();
  if (length < 1 || length > 100)
    throw new UsageError(`a tag cannot be called '${name}': give it a name of 1 to 100 characters`);
  return (await findTag(client, name)) ?? (await client.call('tags.create', { name }));
}
