/**
 * How tags end: merged into another, or deleted. Both take them off their photos some at a time, and can be undone, which
 * puts them on again some at a time.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppHandlers, Tag } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import type { Store, Tagging, TagRow } from '../../db/index.ts';
import { Lines } from '../library/line.ts';
import { inPieces } from '../library/lists.ts';
import { unhurriedPieces } from '../unhurried.ts';

interface Parts {
  /** @param merged which tag each that was merged is now */
  announce(of?: null, merged?: Record<string, string>): void;
  /** What was written of a tagging before a fault. @returns whether all of it could be taken back */
  takeBack(tagId: string, done: readonly Tagging[], on: boolean): boolean;
  /** @throws AppError not-found */
  describe(id: string): Tag;
  row(id: string): TagRow;
  /** @throws AppError bad-request.tag-name */
  refuseTaken(name: string): void;
}

/** What takes back that a tag was taken off photos, and that others were let go that had been said not to have it. */
const taggings = (lost: readonly string[][], refused: readonly string[][]): Tagging[] => [
  ...lost.map((changed) => ({ changed, rejected: [] })),
  ...refused.map((rejected) => ({ changed: [], rejected })),
];

export function ending(
  store: Pick<Store, 'collections' | 'tags' | 'transaction'>,
  { announce, takeBack, describe, row, refuseTaken }: Parts,
): Pick<AppHandlers, 'tags.merge' | 'tags.delete' | 'tags.restore'> {
  const { tags } = store;
  /** One after another: of two merges that go opposite ways each would give the other photos for ever. */
  const lines = new Lines();

  /** A tag that could not be brought back whole, as far as the disk lets: what its collections had they keep. */
  const release = (id: string): void => {
    try {
      for (let some = tags.some(id); some.length > 0; some = tags.some(id)) tags.release(id, some);
      tags.remove(id);
    } catch {
      // who asked is told of the first fault, and every window of what there is
    }
  };

  /** Takes back, some at a time, that photos were said not to have a tag, as its row would take them all at once with it. */
  const letGo = async (id: string, taken: string[][]): Promise<void> => {
    for await (const some of unhurriedPieces(tags.rejectedPieces(id))) {
      tags.reject(id, some, false);
      taken.push(some);
    }
  };

  return {
    'tags.merge': ({ tagIds, into }) =>
      lines.run(['tags'], async () => {
        for (const id of [...tagIds, into]) row(id);
        const others = [...new Set(tagIds)].filter((id) => id !== into);
        const before = others.map(describe);
        const gained: Tagging[] = [];
        const lost = others.map((): string[][] => []);
        const refused = others.map((): string[][] => []);
        let merges: Record<string, string> | undefined;
        try {
          // some at a time, as where a tag is deleted
          for (const [i, id] of others.entries())
            for (let some = tags.some(id); some.length > 0; some = tags.some(id)) {
              const moved = some;
              const gain = store.transaction(() => {
                const got = tags.tag(row(into).id, moved, true);
                tags.tag(id, moved, false);
                return got;
              });
              gained.push(gain);
              lost[i]!.push(moved);
              await breathe();
            }
          for (const [i, id] of others.entries()) await letGo(id, refused[i]!);
          const merged = store.transaction(() =>
            others.map((id, i) => {
              const rejected = [...refused[i]!, ...tags.rejectedPieces(id)].flat();
              const collections = store.collections.followInstead(id, into);
              tags.remove(row(id).id);
              return { tag: before[i]!, imageIds: lost[i]!.flat(), rejected, collections };
            }),
          );
          merges = Object.fromEntries(others.map((id) => [id, into]));
          const changed = gained.flatMap((one) => one.changed);
          return { tag: describe(into), merged, changed, rejected: gained.flatMap((one) => one.rejected) };
        } catch (error) {
          others.forEach((id, i) => takeBack(id, taggings(lost[i]!, refused[i]!), false));
          takeBack(into, gained, true);
          throw error;
        } finally {
          announce(null, merges);
        }
      }),
    'tags.delete': ({ tagId }) =>
      lines.run(['tags'], async () => {
        const tag = describe(tagId);
        const imageIds: IdList[] = [];
        const rejected: string[][] = [];
        try {
          // taken off its photos some at a time: all at once would hold the thread where half a million have it
          for (let some = tags.some(tagId); some.length > 0; some = tags.some(tagId)) {
            tags.release(tagId, some);
            imageIds.push(IdList.of(some));
            await breathe();
          }
          await letGo(tagId, rejected);
          for (const some of tags.rejectedPieces(tagId)) rejected.push(some); // since
          tags.remove(tagId);
        } catch (error) {
          takeBack(
            tagId,
            taggings(
              imageIds.map((some) => [...some]),
              rejected,
            ),
            false,
          );
          throw error;
        } finally {
          announce();
        }
        return { tag, imageIds: IdList.joined(imageIds).bytes, rejected: IdList.joined(rejected.map(IdList.of)).bytes };
      }),
    'tags.restore': ({ tag: { id, name, naming, color, key }, imageIds, rejected, collections }) =>
      lines.run(['tags'], async () => {
        refuseTaken(name);
        tags.insert({ id, name, naming, color, key, createdAt: Date.now() });
        try {
          await inPieces(imageIds, (some) => [void tags.tag(id, some, true)]);
          await inPieces(rejected, (some) => tags.reject(id, some, true));
          store.collections.followThat(collections, id);
        } catch (error) {
          release(id);
          throw error;
        } finally {
          announce();
        }
        return describe(id);
      }),
  };
}
