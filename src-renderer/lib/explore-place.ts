/**
 * Where one is in Explore, as the parameters of its address: the run and checkpoint, the folder, what is listed, the
 * photos asked about and the filters. Pure; whatever an address holds, a place comes out.
 */
import { clusterRange, DuplicateKind, mostPhotos, pickRules } from '../../shared/contract.ts';
import type { PickRule } from '../../shared/contract.ts';

export const modes = [
  'all',
  'neighbours',
  'selection',
  'duplicates',
  'clusters',
  'outliers',
  'find',
  'pick',
  'search',
] as const;
export type Mode = (typeof modes)[number];

/** Of the filters. */
export const defaults = { leastCloser: 0, clusterCount: 12 } as const;

/** What photos are picked by. */
export interface Picking {
  by: PickRule;
  count: number;
  heedTags: boolean;
}

export const isPickable = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= mostPhotos;

export interface ExplorePlace {
  /** null: the run used last. */
  run: string | null;
  /** null: the newest. */
  checkpoint: string | null;
  /** null: the run's own. */
  folder: string | null;
  mode: Mode;
  /** Photos asked about, by their ids, the last one open; null is an image that was dropped, which no address holds. */
  trail: readonly (string | null)[];
  /** Share of the pairs that are less alike than a neighbour that is shown, 0 to 1. */
  leastCloser: number;
  /** The embedding whose neighbours are shown beside; null: none. */
  beside: string | null;
  /** Within clusterRange. */
  clusterCount: number;
  /** The tag whose rest is looked for; null: the first one. */
  tag: string | null;
  /** What is searched for in names of files, labels, tags and keywords; '' where nothing is. */
  search: string;
  /** The tag that photos which are searched for have; null: any or none. */
  tagged: string | null;
  /** The photos that were picked, by what they were; null: none. */
  picked: Picking | null;
  /** What picking is worth is shown. */
  measured: boolean;
  /** The kind of duplicates that was chosen; null: the first that there are. */
  kind: DuplicateKind | null;
  /** The photo that is shown by itself; null: none. */
  view: string | null;
}

const longestSearch = 100;

/** Of a long way here the end is kept: an address is read by people and has limits. */
const longestTrail = 12;
const image = '*';

/** What of a trail an address keeps. */
export const keptOf = (trail: ExplorePlace['trail']): ExplorePlace['trail'] => trail.slice(-longestTrail);

/** An address that Explore wrote itself says what it lists; a link from elsewhere only names a run, or a photo. */
export const isOwn = (query: Readonly<Record<string, string>>): boolean => query.mode !== undefined;

const inRange = (text: string | undefined, [least, most]: readonly [number, number], otherwise: number): number => {
  const value = text ? Number(text) : NaN;
  return value >= least && value <= most ? value : otherwise;
};

/** Without regard to tags: 'mix.24.all'. */
const everyTag = 'all';
const writtenPick = ({ by, count, heedTags }: Picking): string =>
  [by, count, ...(heedTags ? [] : [everyTag])].join('.');

function parsePick(text = ''): Picking | null {
  const [named, number, tags] = text.split('.');
  const by = pickRules.find((rule) => rule === named);
  const count = Number(number);
  return by && isPickable(count) ? { by, count, heedTags: tags !== everyTag } : null;
}

export function parseExplorePlace(query: Readonly<Record<string, string>>): ExplorePlace {
  const photos = [...(query.via?.split(' ') ?? []), query.photo ?? ''].filter(Boolean);
  const named = modes.find((mode) => mode === query.mode) ?? (query.photo ? 'neighbours' : 'all');
  const clusters = inRange(query.clusters, clusterRange, defaults.clusterCount);
  const search = (query.q ?? '').trim().slice(0, longestSearch).trim();
  const isOpen = named === 'neighbours' ? !!query.photo : named !== 'search' || search !== '' || !!query.tagged;
  return {
    run: query.run || null,
    checkpoint: query.checkpoint || null,
    folder: query.folder || null,
    mode: isOpen ? named : 'all',
    trail: query.photo ? keptOf(photos.map((id) => (id === image ? null : id))) : [],
    leastCloser: inRange(query.closer, [0, 1], defaults.leastCloser),
    beside: query.beside || null,
    clusterCount: Number.isInteger(clusters) ? clusters : defaults.clusterCount,
    tag: query.tag || null,
    search: named === 'search' ? search : '',
    tagged: (named === 'search' && query.tagged) || null,
    picked: named === 'pick' ? parsePick(query.picked) : null,
    measured: named === 'pick' && query.gain === '1',
    kind: (named === 'duplicates' && DuplicateKind.options.find((kind) => kind === query.kind)) || null,
    view: query.view || null,
  };
}

/** What is as it would be anyway is left out, but for the mode. */
export function writeExplorePlace(place: ExplorePlace): Record<string, string> {
  const { run, checkpoint, folder, mode, trail, leastCloser, beside, clusterCount, tag, search, tagged } = place;
  const { picked, measured, kind, view } = place;
  const ids = keptOf(trail).map((id) => id ?? image);
  const photo = ids.pop();
  return {
    ...(run && { run }),
    ...(checkpoint && { checkpoint }),
    ...(folder && { folder }),
    mode,
    ...(photo && { photo }),
    ...(ids.length && { via: ids.join(' ') }),
    ...(leastCloser !== defaults.leastCloser && { closer: String(leastCloser) }),
    ...(beside && { beside }),
    ...(clusterCount !== defaults.clusterCount && { clusters: String(clusterCount) }),
    ...(tag && { tag }),
    ...(search && { q: search }),
    ...(tagged && { tagged }),
    ...(picked && { picked: writtenPick(picked) }),
    ...(measured && { gain: '1' }),
    ...(kind && { kind }),
    ...(view && { view }),
  };
}

const steps = ['run', 'checkpoint', 'folder', 'mode', 'photo', 'via', 'beside', 'tagged', 'picked', 'kind'];

/** Whether the way from one to the other is a step that Back undoes; a filter that was moved is none. */
export function isStep(before: ExplorePlace, after: ExplorePlace): boolean {
  const [from, to] = [before, after].map(writeExplorePlace) as [Record<string, string>, Record<string, string>];
  // from one photo to the next, without going back to the list, is none either, nor a search that is typed on
  const isOpened = (['view', 'q'] as const).some((key) => (from[key] === undefined) !== (to[key] === undefined));
  return isOpened || steps.some((key) => from[key] !== to[key]);
}
