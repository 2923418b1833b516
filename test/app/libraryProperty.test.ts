/**
 * The library's machine, tried by property: random bursts of commands given without waiting, cut by restarts and kills
 * of the application, end in the state that the same commands give one after another. Between bursts, when nothing is
 * under way, files come, go, move and are touched.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLibrary } from '../helpers/libraryDouble.ts';
import type { LibraryDouble } from '../helpers/libraryDouble.ts';
import { toEnd } from '../../shared/work.ts';

const files = ['cats/1.jpg', 'cats/2.jpg', 'dogs/1.jpg', 'dogs/3.jpg', 'top.jpg'] as const;
const csvs = [
  'file,label\ncats/1.jpg,a\n3.jpg,b\n',
  '"top.jpg";"x"\ndogs/1.jpg;y\nlater.jpg;z\n',
  'nowhere.jpg,nothing\n',
] as const;

type Command =
  | { do: 'add' | 'rescan' | 'remove' | 'restore' | 'relocate' }
  | { do: 'labels'; source: 'none' | 'folders'; depth: number }
  | { do: 'csv'; csv: (typeof csvs)[number] }
  | { do: 'heldOut'; fraction: number }
  | { do: 'exclude'; file: string; excluded: boolean };
type Between = { wait: number } | { restart: 'close' | 'kill' };
type OnDisk =
  | { disk: 'put'; file: string; text: string }
  | { disk: 'touch'; file: string }
  | { disk: 'delete'; file: string }
  | { disk: 'move'; file: string; to: string }
  | { disk: 'hide'; folder: 'cats' | 'dogs' }
  | { disk: 'show'; folder: 'cats' | 'dogs' }
  | { disk: 'rename' };
interface Round {
  disk: OnDisk[];
  burst: (Command | Between)[];
}

const file = fc.constantFrom(...files, 'later.jpg');
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom('add', 'rescan', 'remove', 'restore', 'relocate') }),
  fc.record({
    do: fc.constant('labels'),
    source: fc.constantFrom('none', 'folders'),
    depth: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({ do: fc.constant('csv'), csv: fc.constantFrom(...csvs) }),
  fc.record({ do: fc.constant('heldOut'), fraction: fc.constantFrom(0, 0.3, 0.6) }),
  fc.record({ do: fc.constant('exclude'), file, excluded: fc.boolean() }),
);
const between: fc.Arbitrary<Between> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constantFrom('close', 'kill') }) },
);
const onDisk: fc.Arbitrary<OnDisk> = fc.oneof(
  fc.record({ disk: fc.constant('put'), file, text: fc.constantFrom('one', 'two', 'broken', 'a longer text') }),
  fc.record({ disk: fc.constantFrom('touch', 'delete'), file }),
  fc.record({ disk: fc.constant('move'), file, to: file }),
  fc.record({ disk: fc.constantFrom('hide', 'show'), folder: fc.constantFrom('cats', 'dogs') }),
  fc.record({ disk: fc.constant('rename') }),
);
const rounds: fc.Arbitrary<Round[]> = fc.array(
  fc.record({
    disk: fc.array(onDisk, { maxLength: 3 }),
    burst: fc.array(fc.oneof({ weight: 3, arbitrary: command }, { weight: 2, arbitrary: between }), { maxLength: 7 }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** One application with one folder of photos, which stands in one of two places. */
class World {
  readonly #root = mkdtempSync(join(tmpdir(), 'lookalike-property-'));
  #home = join(this.#root, 'home');
  #homes = 0;
  #place = 0;
  #clock = 1_700_000_000;
  #library = openLibrary(this.#home);
  #id: string | null = null;

  constructor() {
    for (const name of files) this.#put(name, `the text of ${name}`);
  }

  get #folder(): string {
    return join(this.#root, `place${this.#place}`);
  }

  #put(name: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, name)), { recursive: true });
    writeFileSync(join(this.#folder, name), text);
    utimesSync(join(this.#folder, name), ++this.#clock, this.#clock);
  }

  change(event: OnDisk): void {
    const path = (name: string) => join(this.#folder, name);
    if (event.disk === 'put') this.#put(event.file, event.text);
    else if (event.disk === 'rename') {
      const from = this.#folder;
      this.#place = 1 - this.#place;
      renameSync(from, this.#folder);
    } else if (event.disk === 'hide' || event.disk === 'show') {
      const [shown, hidden] = [path(event.folder), path(`.${event.folder}`)];
      const [from, to] = event.disk === 'hide' ? [shown, hidden] : [hidden, shown];
      if (existsSync(from) && !existsSync(to)) renameSync(from, to);
    } else if (existsSync(path(event.file))) {
      if (event.disk === 'touch') utimesSync(path(event.file), ++this.#clock, this.#clock);
      else if (event.disk === 'delete') rmSync(path(event.file));
      else {
        mkdirSync(dirname(path(event.to)), { recursive: true });
        renameSync(path(event.file), path(event.to));
      }
    }
  }

  /** Ids by name, as they are when a burst begins. */
  async #ids(): Promise<Map<string, string>> {
    if (this.#id === null || this.#library.store.datasets.get(this.#id)!.removedAt) return new Map();
    const { images } = await this.#library.call('library.images', { datasetId: this.#id });
    return new Map(images.map((image) => [image.file, image.id]));
  }

  /** Gives the commands, each when the one before has ended and nothing is read, or all at once. */
  async burst(burst: Round['burst'], oneByOne: boolean): Promise<void> {
    const ids = await this.#ids();
    const target = this.#id; // of all commands of the burst: what a new folder is called is known only when it is added
    let given: { command: Command; ended: boolean }[] = [];
    const give = (command: Command) => {
      const entry = { command, ended: false };
      given.push(entry);
      const library = this.#library;
      return this.#call(library, command, ids, target).then(
        () => void (entry.ended = true),
        // refused by what it asks for, which ends it too, or by a closing application
        (error: { code?: string }) => void (entry.ended = error.code !== 'not-available'),
      );
    };
    for (const step of burst) {
      if ('do' in step) {
        const answer = give(step);
        if (oneByOne) {
          await answer;
          await this.#library.idle();
        }
      } else if (!oneByOne && 'wait' in step) for (let i = 0; i < step.wait; i++) await turn();
      else if (!oneByOne && 'restart' in step) {
        const before = given;
        const old = this.#library;
        if (step.restart === 'kill') {
          const home = join(this.#root, `home${++this.#homes}`);
          const ended = new Set(before.filter((entry) => entry.ended));
          cpSync(this.#home, home, { recursive: true });
          await old.close();
          for (const entry of before) entry.ended = ended.has(entry); // what came after the copy is lost
          this.#home = home;
        } else await old.close();
        this.#library = openLibrary(this.#home);
        given = [];
        for (const { command, ended } of before) if (!ended) void give(command); // nobody was told that it was done
      }
    }
    await this.settle();
  }

  async #call(
    library: LibraryDouble,
    command: Command,
    ids: ReadonlyMap<string, string>,
    datasetId: string | null,
  ): Promise<unknown> {
    if (command.do === 'add') {
      const { id } = await library.call('library.add', { folder: this.#folder });
      return (this.#id = id);
    }
    if (datasetId === null) return null;
    switch (command.do) {
      case 'rescan':
      case 'remove':
      case 'restore':
        return library.call(`library.${command.do}`, { datasetId });
      case 'relocate':
        // how many of its photos are known by then is a matter of time
        return library.call('library.relocate', { datasetId, folder: this.#folder, anyway: true });
      case 'labels':
        return library.call('library.setLabels', { datasetId, source: command.source, depth: command.depth });
      case 'csv':
        return library.call('library.setLabels', { datasetId, source: 'csv', csv: command.csv });
      case 'heldOut':
        return library.call('library.setHeldOut', { datasetId, fraction: command.fraction });
      case 'exclude': {
        const id = ids.get(command.file);
        return id && library.call('library.exclude', { imageIds: [id], excluded: command.excluded });
      }
    }
  }

  /** Lets everything end, and reads once more what is in the library: what a restart cut short is made up for. */
  async settle(): Promise<void> {
    await this.#library.idle();
    if (this.#id !== null && !this.#library.store.datasets.get(this.#id)!.removedAt)
      await this.#library.call('library.rescan', { datasetId: this.#id });
    await this.#library.idle();
  }

  async end(): Promise<unknown> {
    const { store } = this.#library;
    if (this.#id !== null) await this.#library.call('library.restore', { datasetId: this.#id });
    await this.settle();
    const dataset = this.#id === null ? null : store.datasets.get(this.#id)!;
    const state = dataset && {
      folder: dataset.folder.slice(-6),
      labels: [dataset.labelSource, dataset.labelDepth, dataset.labelsChosen],
      heldOut: dataset.heldOut,
      photos: store.images.ruled(dataset.id).map(({ id, file, firstFile, label, heldOut, gone }) => {
        const { excluded, width, content, bytes, modified } = store.images.get(id)!;
        const name = id.slice(id.indexOf('-')); // without the folder's
        return { name, file, firstFile, label, heldOut, gone, excluded, width, content, bytes, modified };
      }),
      skipped: toEnd(store.images.skipped(dataset.id, 0, -1)).files.map((item) => item.file),
    };
    state?.photos.sort((a, b) => (a.name < b.name ? -1 : 1));
    await this.#library.close();
    rmSync(this.#root, { recursive: true, force: true });
    return state;
  }
}

async function play(rounds: readonly Round[], oneByOne: boolean): Promise<unknown> {
  const world = new World();
  for (const { disk, burst } of rounds) {
    for (const event of disk) world.change(event);
    await world.burst(burst, oneByOne);
  }
  return world.end();
}

test(
  'interleaved, restarted and killed, commands end where one after another they end',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (steps) => {
        const all: Round[] = [{ disk: [], burst: [{ do: 'add' }] }, ...steps];
        expect(await play(all, false)).toEqual(await play(all, true));
      }),
      // the same sequences each time, or others: SEED=... npm exec vitest run test/app/libraryProperty.test.ts
      { numRuns: 25, seed: Number(process.env.SEED ?? 1862594022) },
    );
  },
);
