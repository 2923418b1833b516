/** A folder of 6,000 photos in a store of its own for each test, and the calls of tags over it without an application. */
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { appCalls } from '../../shared/contract.ts';
import type { AppEvent, AppMethod, AppParams, AppResult } from '../../shared/contract.ts';
import { tagHandlers } from '../../src-main/app/tags/handlers.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { testFolder } from './folders.ts';

export let store: Store;
export let ids: string[];
export let events: AppEvent[];
/** What waits for its turn on a folder. */
export let commands: (() => unknown)[];
/** The collections that windows were told of last. */
export let announced: readonly string[];

/** Makes them before each test of a file, and takes them away after. */
export function useTagCalls(): void {
  beforeEach(() => {
    store = openStore(join(testFolder('tag-calls'), 'lookalike.db'));
    store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
    const files = Array.from({ length: 6000 }, (_, i) => `${String(i).padStart(4, '0')}.jpg`);
    const of = { bytes: 1, modified: 1, content: null, label: null, heldOut: false };
    store.images.add(
      'd',
      files.map((file) => ({ file, ...of })),
    );
    ids = store.images.present('d').map(({ id }) => id);
    events = [];
    commands = [];
  });
  afterEach(() => {
    store.close();
  });
}

/** @param tags of the store, or with faults */
export const caller = (tags = store.tags) => {
  const context = { store: { ...store, tags }, events: { emit: (event: AppEvent) => events.push(event) } };
  const library = {
    dataset: (id: string) => ({ id }),
    announceSoon: (collections: readonly string[]) => (announced = collections),
    command: (_: string, work: () => unknown) => Promise.resolve(commands.push(work)),
    changeRules: () => {},
  };
  const handlers = tagHandlers(context as never, library as never);
  return async <M extends keyof typeof handlers & AppMethod>(
    method: M,
    params: AppParams<M>,
  ): Promise<AppResult<M>> => {
    const parsed = appCalls[method].params.parse(params) as never;
    return appCalls[method].result.parse(await handlers[method](parsed, undefined as never)) as AppResult<M>;
  };
};
export const call: ReturnType<typeof caller> = (method, params) => caller()(method, params);

/** Every tag with its photos and those rejected for it. */
export const everything = () =>
  store.tags
    .all()
    .map(({ id, createdAt: _, ...tag }) => ({
      id,
      ...tag,
      photos: store.tags.everyImage(id).toSorted(),
      rejected: [...store.tags.rejectedPieces(id)].flat(),
    }));

/** As the store, but its second writing of a tag fails, and others where `failing` says so. */
export const fullDisk = (failing: (call: number) => boolean = (call) => call === 2) => {
  let calls = 0;
  const failed = () => {
    if (failing(++calls)) throw new Error('the disk is full');
  };
  const tag = (...asked: Parameters<Store['tags']['tag']>) => (failed(), store.tags.tag(...asked));
  const release = (...asked: Parameters<Store['tags']['release']>) => (failed(), store.tags.release(...asked));
  const { tags } = store;
  return caller({ ...tags, tag: Object.assign(tag, tags.tag), release: Object.assign(release, tags.release) });
};
