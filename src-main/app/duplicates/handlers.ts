/** The calls of duplicates. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppHandlers, DuplicateGroup, DuplicateKind, duplicateCalls } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import { reason } from '../../../shared/reason.ts';
import type { ImageRow } from '../../db/index.ts';
import { Gone } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { graphNeighbours as k } from '../explore/openSet.ts';
import type { EmbeddingSets } from '../explore/sets.ts';
import type { Library } from '../library/library.ts';
import type { TaskControl } from '../tasks.ts';
import { findDuplicates, versionOf } from './finder.ts';
import type { Finding, LookedAt } from './finder.ts';
import { Findings } from './findings.ts';
import type { FindingOf } from './findings.ts';
import { ranked } from './keep.ts';

type DuplicateHandlers = Pick<AppHandlers, keyof typeof duplicateCalls>;
const kinds = ['file', 'picture', 'alike'] as const;
/** Photos of groups that are asked for at a time. */
const PHOTOS_PER_TURN = 500;

/** Whether it came or changed since. */
function isUnseen({ looked }: Finding, photo: LookedAt): boolean {
  const row = looked.ids.rowOf(photo.id);
  return row < 0 || looked.versions.at(row) !== versionOf(photo);
}

export function duplicateHandlers(context: AppContext, library: Library, sets: EmbeddingSets): DuplicateHandlers {
  const { store, tasks, pool, paths } = context;
  const findings = new Findings(paths.duplicates);

  const thumbnailFile = async (id: string): Promise<string | null> => {
    const row = store.images.get(id);
    return row ? library.photos.thumbnailFile(row) : null; // forgotten meanwhile
  };

  const find = (of: FindingOf) => async (control: TaskControl) => {
    const work = async (encoder: Parameters<typeof findDuplicates>[1]['encoder']) => {
      const rows: LookedAt[] = [];
      for (const piece of store.images.versionPieces(of.datasetId)) {
        for (const row of piece) rows.push(row);
        await breathe();
      }
      const found = await findDuplicates(rows, { pool, thumbnailFile, encoder }, control);
      await findings.set(of, found);
    };
    if (of.embeddingSetId === null) await work(null);
    else
      await sets.use(of.embeddingSetId, async ({ ids, graph }) => {
        const finding = reason('doing.finding-neighbours');
        const known = await graph.get(control.signal, (share) => control.progress(0.3 * share, finding));
        await work({ ids, graph: known, k });
      });
    return null;
  };

  /** Groups as they are now: without what was excluded or went since. A few at a time, as each photo is asked for. */
  const current = async ({ groups }: Finding, kind: DuplicateKind) => {
    const out: ReturnType<typeof ranked<ImageRow>>[] = [];
    let looked = 0;
    for (const group of groups) {
      if (group.kind !== kind) continue;
      const rows = group.ids.flatMap((id): ImageRow[] => {
        const row = store.images.get(id);
        return row && row.gone === Gone.here && row.excluded === 0 ? [row] : [];
      });
      if (rows.length > 1) out.push(ranked(rows, (id) => store.tags.of(id).length));
      looked += group.ids.length;
      if (looked > PHOTOS_PER_TURN) {
        looked = 0;
        await breathe();
      }
    }
    return out;
  };

  return {
    'duplicates.start': (of) => {
      const { name } = library.dataset(of.datasetId);
      const about = {
        datasetId: of.datasetId,
        ...(of.embeddingSetId !== null && { runId: sets.row(of.embeddingSetId).runId }),
      };
      return tasks.start('duplicates', reason('doing.finding-duplicates', { name }), find(of), {
        ...{ line: 'processor', about },
      });
    },
    'duplicates.get': async ({ kind, offset, limit, ...of }) => {
      library.dataset(of.datasetId);
      const finding = await findings.get(of);
      if (!finding) return null;
      const all = new Map<DuplicateKind, Awaited<ReturnType<typeof current>>>();
      for (const each of kinds) all.set(each, await current(finding, each));
      const counted = (count: (groups: Awaited<ReturnType<typeof current>>) => number) => ({
        file: count(all.get('file')!),
        picture: count(all.get('picture')!),
        alike: count(all.get('alike')!),
      });
      let unseen = 0;
      for (const piece of store.images.versionPieces(of.datasetId)) {
        for (const row of piece) if (isUnseen(finding, row)) unseen++;
        await breathe();
      }
      return {
        groups: counted((groups) => groups.length),
        surplus: counted((groups) => groups.reduce((sum, { rows }) => sum + rows.length - 1, 0)),
        unseen,
        missed: finding.missed,
        page: all
          .get(kind)!
          .slice(offset, offset + limit)
          .map(({ rows, why }): DuplicateGroup => ({ kind, why, photos: library.photos.infos(rows) })),
      };
    },
    'duplicates.surplus': async ({ kind, ...of }) => {
      const finding = await findings.get(of);
      const ids = finding
        ? (await current(finding, kind)).flatMap(({ rows }) => rows.slice(1).map(({ id }) => id))
        : [];
      return IdList.of(ids).bytes;
    },
  };
}
