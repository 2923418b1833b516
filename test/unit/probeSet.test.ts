/** Which photos a run’s progress is measured on, and which of them the Monitor’s strip asks about. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { keptForFigures } from '../../shared/probe.ts';
import {
  chooseProbeSet,
  chooseQueries,
  othersFirst,
  probeSetOf,
  readoutPhotos,
  shuffledIds,
} from '../../src-main/trainer/probeSet.ts';
import { probeVotes } from '../../src-main/trainer/probeVotes.ts';
import type { ProbeSet } from '../../src-main/trainer/probeSet.ts';

const ids = (n: number) => Array.from({ length: n }, (_, i) => `photo-${i}`);
const image = (id: string, label: string | null) => ({
  id,
  label,
  path: '',
  file: '',
  bytes: 1,
  modified: 1,
  heldOut: true,
});

describe('probe set', () => {
  it('is the same for the same seed, whatever the order of the ids, and another for another seed', () => {
    const config = parseConfig({ seed: 3 });
    const a = chooseProbeSet(config, ids(5000), []);
    expect(chooseProbeSet(config, ids(5000).reverse(), [])).toEqual(a);
    expect(a.photos).toHaveLength(1000);
    expect(new Set(a.photos).size).toBe(1000);
    expect(a.photos.every((id) => ids(5000).includes(id))).toBe(true);
    expect(chooseProbeSet(parseConfig({ seed: 4 }), ids(5000), []).photos).not.toEqual(a.photos);
  });

  it('costs at most a tenth of an epoch of six forward passes a photo', () => {
    for (const n of [300, 1200, 50_000])
      for (const held of [[], ids(n).map((id) => image(`held-${id}`, 'x'))]) {
        const set = chooseProbeSet(parseConfig({}), ids(n), held);
        const passes = set.photos.length + set.paired + set.heldOut.length;
        expect(set.photos.length).toBeGreaterThan(0);
        expect(passes / (6 * n)).toBeLessThanOrEqual(0.1 + 1e-9);
      }
  });

  it('grows when probes are rarer, and never beyond the collection', () => {
    expect(chooseProbeSet(parseConfig({ probe: { everyEpochs: 10 } }), ids(1200), []).photos).toHaveLength(1000);
    expect(chooseProbeSet(parseConfig({}), ids(1200), []).photos).toHaveLength(480);
    const tiny = chooseProbeSet(parseConfig({}), ids(20), []);
    expect([tiny.photos.length, tiny.paired]).toEqual([20, 20]);
  });

  it('asks only held-out photos with a label', () => {
    const set = chooseProbeSet(parseConfig({}), ids(1000), [image('a', 'x'), image('b', null)]);
    expect(set.heldOut).toEqual(['a']);
    expect(set.photos).not.toContain('a');
  });

  it('fits the last readout on up to 2,000 photos, the same in any order, evenly over all', () => {
    const config = parseConfig({ embedding: 'whitened' });
    const numbered = (n: number) => Array.from({ length: n }, (_, i) => String(i).padStart(6, '0'));
    const of = (n: number, from = numbered(n)) => readoutPhotos(config, chooseProbeSet(config, from, []), from);
    expect(of(6000)).toEqual(numbered(6000).filter((_, i) => i % 3 === 0));
    expect(of(6000, numbered(6000).reverse())).toEqual(of(6000));
    expect(of(1200)).toEqual(numbered(1200).filter((_, i) => i % 2 === 0));
    expect(of(70)).toEqual(chooseProbeSet(config, numbered(70), []).photos);
    const pooled = parseConfig({ embedding: 'pooled' });
    const probe = chooseProbeSet(pooled, numbered(6000), []);
    expect(readoutPhotos(pooled, probe, numbered(6000))).toBe(probe.photos);
  });

  it('is counted with what the last readout is fitted on where room is kept for both', () => {
    const pooled = parseConfig({ embedding: 'pooled' });
    const whitened = parseConfig({ embedding: 'whitened' });
    expect(keptForFigures(pooled, 6000, 100)).toBe(1100);
    const all = ids(6000);
    const set = chooseProbeSet(whitened, all, []);
    const both = new Set([...set.photos, ...readoutPhotos(whitened, set, all)]).size;
    expect(Math.abs(keptForFigures(whitened, 6000, 0) - both)).toBeLessThan(60);
    expect(keptForFigures(whitened, 70, 0)).toBe(chooseProbeSet(whitened, ids(70), []).photos.length);
  });

  it('lets no tile vote for a tile of its own file', async () => {
    const config = parseConfig({ probe: { k: 2 } });
    const files = [0, 0.1, 1, 1.1]; // angles of their features: the nearest other file has the other label
    const tiles = files.flatMap((_, file) =>
      [0, 1, 2].map((tile) => ({
        ...image(`${file}-${tile}`, 'ab'[file % 2]!),
        path: `${file}.tif`,
        part: `xywh=${tile},0,1,1`,
        heldOut: false,
      })),
    );
    const ids = tiles.map(({ id }) => id);
    const labels = new Map(tiles.map(({ id, label }) => [id, label]));
    const accuracy = async (set: ProbeSet) => {
      const angles = set.photos.map((id) => files[Number(id[0])]!);
      const features = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
      return (await probeVotes(config, set, labels, features, 2, () => features))!.accuracy;
    };
    expect(await accuracy(probeSetOf(config, ids, tiles))).toBe(0);
    const grouped = tiles.map((tile) => ({ ...tile, part: '', path: tile.id, group: tile.path }));
    expect(await accuracy(probeSetOf(config, ids, grouped))).toBe(0);
    const whole = tiles.map((tile) => ({ ...tile, part: '' }));
    expect(await accuracy(probeSetOf(config, ids, whole))).toBe(1);
  });
});

describe('query strip', () => {
  it('shows as many labels as it can', () => {
    const labels = ['a', 'a', 'a', 'b', 'c', 'a'];
    const labelOf = (id: string) => labels[Number(id.slice(6))]!;
    expect(chooseQueries(ids(6), labelOf, 4)).toEqual(['photo-0', 'photo-3', 'photo-4', 'photo-1']);
    expect(chooseQueries(ids(6), () => null, 3)).toEqual(['photo-0', 'photo-1', 'photo-2']);
  });
  it('shows photos of as many groups as it can, with neighbours of other groups', () => {
    const groups = Int32Array.of(0, 0, 0, 1, 1, 2);
    expect(chooseQueries(ids(6), () => null, 4, groups)).toEqual(['photo-0', 'photo-3', 'photo-5', 'photo-1']);
    expect(othersFirst([1, 2, 4, 3, 5], 0, groups, 2)).toEqual([4, 3]);
    expect(othersFirst([1, 2, 4, 3, 5], 0, groups, 4)).toEqual([4, 3, 5, 1]);
  });
  it('keeps the shuffled order stable', () => {
    expect(shuffledIds(['b', 'a'], 1)).toEqual(shuffledIds(['a', 'b'], 1));
  });
});
