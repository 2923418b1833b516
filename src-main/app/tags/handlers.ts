/** The calls of tags, and of what is done with chosen photos. */
import { randomUUID } from 'node:crypto';
import type { AppHandlers, Tag, tagCalls } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import type { Reason } from '../../../shared/contract/wire.ts';
import { isNamed } from '../../../shared/naming.ts';
import { reason } from '../../../shared/reason.ts';
import type { Tagging, TagRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError, foundTag } from '../errors.ts';
import { fetchElsewhere } from '../library/fetching.ts';
import { idsOf, inPieces } from '../library/lists.ts';
import { csvOwners } from '../library/rules.ts';
import { each, sorted, unhurried, unhurriedPieces } from '../unhurried.ts';
import type { Library } from '../library/library.ts';
import { copyPhotos } from './copy.ts';
import { ending } from './ending.ts';
import { listed } from './listed.ts';
import { parseTags, tagLines } from './csv.ts';

type TagHandlers = Pick<AppHandlers, keyof typeof tagCalls>;

/** Apart for the colour-blind (Okabe and Ito 2008), and none the window's accent. */
const colors = ['#d55e00', '#0072b2', '#e69f00', '#cc79a7', '#56b4e9', '#882255', '#999933', '#332288', '#117733'];

/** Photos that are tagged at a time: some milliseconds. */
const TAGGED_AT_ONCE = 2500;
/** Ids that are sorted at once, in as long. */
const SORTED_AT_ONCE = 10_000;

type Chosen = Partial<Pick<TagRow, 'color' | 'key' | 'naming'>>;

const ratingName = (rating: number): Reason =>
  rating < 0 ? reason('given.rejected') : reason('given.stars', { count: rating });

function* slices<T>(items: readonly T[], atOnce: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += atOnce) yield items.slice(from, from + atOnce);
}

export function tagHandlers(context: AppContext, library: Library): TagHandlers {
  const { store, events, tasks } = context;
  const { tags } = store;

  const describe = (id: string): Tag => {
    const row = tags.all().find((tag) => tag.id === id);
    return foundTag(row);
  };
  const row = (id: string): TagRow => foundTag(tags.get(id));

  /** Folders whose labels are to follow from tags as they will be then: one time serves all that changes before it. */
  const unlabelled = new Set<string>();

  /**
   * Tells every window, and brings in line what takes its labels from tags.
   * @param of the tag that other photos have now; null: any may
   * @param merged which tag each that was merged is now
   */
  const announce = (of: string | null = null, merged?: Record<string, string>): void => {
    events.emit({ name: 'tags', tags: tags.all(), ...(merged && { merged }) });
    const all = store.datasets.all();
    for (const { id, labelSource, parent } of all)
      if (labelSource === 'tags' && parent === null && !unlabelled.has(id)) {
        unlabelled.add(id);
        const relabel = () => (unlabelled.delete(id), library.changeRules(id));
        void library.command(id, relabel).catch(() => unlabelled.delete(id)); // closing
      }
    library.announceSoon(all.flatMap(({ id, tag }) => (tag !== null && tag === (of ?? tag) ? [id] : [])));
  };

  /**
   * Where a piece could not be written: what was written before it, as far as the disk lets.
   * @returns whether all of it could be
   */
  const takeBack = (tagId: string, done: readonly Tagging[], on: boolean): boolean => {
    try {
      for (const { changed, rejected } of done)
        store.transaction(() => {
          tags.tag(tagId, changed, !on);
          tags.reject(tagId, rejected, true);
        });
      return true;
    } catch {
      return false; // who asked is told of the first fault, and every window of what there is
    }
  };

  /** By the name that any window shows. */
  const named = (name: string): TagRow | undefined =>
    tags.named(name) ?? tags.all().find((tag) => tag.naming && isNamed(tag, name));

  const refuseTaken = (name: string, but?: string): void => {
    const other = named(name);
    if (other && other.id !== but) throw new AppError('bad-request.tag-name', { name: other.name });
  };

  const create = (name: string, { color, key, naming = null }: Chosen = {}): TagRow => {
    refuseTaken(name);
    const all = tags.all();
    const freeKey = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((number) => !all.some((tag) => tag.key === number)) ?? null;
    const uses = (of: string) => all.filter((tag) => tag.color === of).length;
    const freshColor = colors.reduce((a, b) => (uses(b) < uses(a) ? b : a));
    const made: TagRow = {
      id: randomUUID(),
      name,
      naming,
      color: color ?? freshColor,
      key: key === undefined ? freeKey : key,
      createdAt: Date.now(),
    };
    tags.insert(made);
    return made;
  };

  /**
   * Gives photos tags by their names, which are made where there are none: some at a time, and all of it or nothing, as far
   * as the disk lets.
   */
  const give = async (
    given: readonly { name: string; naming: Reason | null; pieces: Iterable<readonly string[]> }[],
  ): Promise<(Tagging & { tagId: string })[]> => {
    const done: { id: string; isNew: boolean; taggings: Tagging[] }[] = [];
    try {
      for (const { name, naming, pieces } of given) {
        const known = named(name);
        const one = { id: (known ?? create(name, { naming })).id, isNew: !known, taggings: [] as Tagging[] };
        done.push(one);
        for await (const some of unhurriedPieces(pieces)) one.taggings.push(tags.tag(row(one.id).id, some, true));
      }
    } catch (error) {
      for (const { id, isNew, taggings } of done) if (takeBack(id, taggings, true) && isNew) tags.remove(id);
      throw error;
    } finally {
      announce();
    }
    return done.map(({ id, taggings }) => ({
      tagId: id,
      changed: taggings.flatMap(({ changed }) => changed),
      rejected: taggings.flatMap(({ rejected }) => rejected),
    }));
  };

  return {
    'tags.list': () => tags.all(),
    'tags.create': ({ name, color, key }) => {
      const { id } = create(name, { color, key });
      announce();
      return describe(id);
    },
    'tags.update': ({ tagId, name, color, key }) => {
      const before = row(tagId);
      if (name !== undefined) refuseTaken(name, tagId);
      tags.update({
        ...before,
        ...(name !== undefined && { name, naming: null }),
        color: color ?? before.color,
        key: key === undefined ? before.key : key,
      });
      announce();
      return describe(tagId);
    },
    ...ending(store, { announce, takeBack, describe, row, refuseTaken }),
    'tags.set': async ({ tagId, imageIds, on }) => {
      const { id } = row(tagId);
      const done: Tagging[] = [];
      try {
        // by id, as the tables are: each piece writes pages of its own
        const inOrder =
          imageIds.length <= SORTED_AT_ONCE
            ? imageIds.toSorted()
            : await unhurried(sorted(imageIds, (a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        await inPieces(inOrder, (some) => [done.push(tags.tag(row(id).id, some, on))], TAGGED_AT_ONCE);
      } catch (error) {
        takeBack(id, done, on);
        throw error;
      } finally {
        announce(id); // also of what could not be taken back
      }
      return { changed: done.flatMap(({ changed }) => changed), rejected: done.flatMap(({ rejected }) => rejected) };
    },
    'tags.reject': async ({ tagId, imageIds, on }) => ({
      changed: await inPieces(imageIds, (some) => tags.reject(row(tagId).id, some, on), TAGGED_AT_ONCE),
    }),
    'tags.of': ({ imageIds }) => {
      const found = tags.ofEach(imageIds);
      return imageIds.map((id) => found.get(id) ?? []);
    },
    'tags.counts': async ({ datasetId }) =>
      Object.fromEntries(await unhurried(tags.counts(library.dataset(datasetId).id), context.closing)),
    'tags.images': async ({ tagId, datasetId }) => {
      const { id } = row(tagId);
      const lists: IdList[] = [];
      for (const folder of datasetId === undefined ? tags.folders(id) : [datasetId])
        lists.push(await idsOf(store.images, folder, { tagId: id }));
      return IdList.joined(lists).bytes;
    },
    'tags.import': ({ datasetId, csv }) =>
      library.command(datasetId, async () => {
        library.dataset(datasetId);
        const lines = await unhurried(parseTags(csv));
        await library.readings.listed(datasetId);
        const files = lines.map(({ file }) => file);
        const { owners, example } = await unhurried(csvOwners(store, datasetId, files));
        const byTag = new Map<string, string[]>();
        const withoutPhoto: string[] = [];
        await unhurried(
          each(lines, ({ file, tag }) => {
            const imageIds = owners.get(file);
            if (imageIds === undefined) return void withoutPhoto.push(file);
            const known = byTag.get(tag) ?? [];
            if (known.length === 0) byTag.set(tag, known);
            for (const id of imageIds) known.push(id);
          }),
        );
        if (byTag.size === 0) throw new AppError('bad-request.csv-names', { count: lines.length, file: example });
        const set = await give(
          [...byTag].map(([name, imageIds]) => ({ name, naming: null, pieces: slices(imageIds, TAGGED_AT_ONCE) })),
        );
        return {
          rows: lines.length,
          tagged: set.reduce((sum, { changed }) => sum + changed.length, 0),
          withoutPhoto: { count: withoutPhoto.length, some: withoutPhoto.slice(0, 20) },
          set,
        };
      }),
    'tags.adopt': ({ datasetId, of }) => {
      const { id } = library.dataset(datasetId);
      const { descriptions } = store;
      return give(
        of.map((one) =>
          'keyword' in one
            ? { name: one.keyword, naming: null, pieces: descriptions.keywordPieces(id, one.keyword) }
            : { name: one.name, naming: ratingName(one.rating), pieces: descriptions.ratedPieces(id, one.rating) },
        ),
      );
    },
    'tags.export': ({ datasetId, guard }) => unhurried(tagLines(tags, library.dataset(datasetId).id, guard)),
    'photos.list': ({ imageIds }) => unhurried(listed(store, imageIds)),
    'photos.ids': async ({ datasetId, ...filter }) => {
      library.dataset(datasetId);
      return (await idsOf(store.images, datasetId, filter)).bytes;
    },
    'photos.fetch': ({ datasetId }) => {
      library.dataset(datasetId);
      const work = fetchElsewhere(context, library, datasetId);
      return tasks.start('fetch', reason('doing.fetching'), work, { line: 'processor', about: { datasetId } });
    },
    'photos.copy': async ({ imageIds, folder, byTag }) => {
      const { files, work } = await copyPhotos(context, imageIds, folder, byTag);
      return { ...tasks.start('copy', reason('doing.copying'), work, { line: 'processor' }), files };
    },
  };
}
