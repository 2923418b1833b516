/**
 * The monitor: figures of a fixed probe set in evaluation mode, and the strip of query photos with their neighbours.
 * It looks at the state it is given and changes nothing. What the figures mean together is shared/verdict.ts.
 */
import { joined } from '../../shared/append.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import type { Report } from '../../shared/contract/report.ts';
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import { edgeNumbers, ENCODED_AT_ONCE, ENLARGED, featureDim, stagesDim } from '../engine/index.ts';
import type { EncoderSettings, State } from '../engine/index.ts';
import { fitReadout, measureProbe, measures, readOut } from '../evaluate/index.ts';
import type { Embedded, Probe, Readout, Votes } from '../evaluate/index.ts';
import { isOneTone } from '../images/index.ts';
import type { ImageCache } from '../images/index.ts';
import { few, nearest, pairsOfSome, shareBelow } from '../search/index.ts';
import type { Embedder } from './backend.ts';
import type { Even } from './even.ts';
import { chooseQueries, othersFirst } from './probeSet.ts';
import type { ProbeSet } from './probeSet.ts';
import { canVote, probeVotes } from './probeVotes.ts';
import { secondViews } from './secondViews.ts';
import type { ProbePhotos } from './trainingPhotos.ts';

export type StripQueries = Extract<Report, { type: 'strip' }>['queries'];

export interface ProbeResult {
  metrics: ProbeMetrics;
  strip: StripQueries;
  /** What photos are compared by from here on; null: pooled features. */
  readout: Readout | null;
}

/** The probe photos as the network embeds them, and what neighbours are found by. */
interface Look {
  probe: Probe;
  compared: Float32Array; // [n, D]
  readout: Readout | null;
}

/** Opens an encoder of a state's weights. */
type OpenEncoder = (state: State, settings: EncoderSettings) => Promise<Embedder>;

const STRIP_QUERIES = 8;
const STRIP_NEIGHBOURS = 6;
/** Probe photos whose pairs say what a cosine means: 8,128 pairs, in a few milliseconds. */
const STRIP_PAIRED = 128;
/** Photos that are looked at for those of one colour, evenly over all: a run waits for it before its first step. */
const LOOKED_AT = 200;

export class Monitor {
  readonly #config: RunConfig;
  readonly #cache: ImageCache;
  readonly #labels: Map<string, string | null>;
  readonly #set: ProbeSet;
  readonly #fitted: string[];
  readonly #queries: string[];
  readonly #open: OpenEncoder;
  /** Opened by the first probe. */
  #encoder: Embedder | null = null;
  /** What it was opened for, before its probe. */
  #ready: State | null = null;
  readonly #batch: number;

  /** `images` are all photos of the job, held-out ones included. */
  constructor(config: RunConfig, { cache, set, fitted }: ProbePhotos, images: readonly JobImage[], open: OpenEncoder) {
    this.#config = config;
    this.#cache = cache;
    this.#labels = new Map(images.map((image) => [image.id, image.label]));
    this.#set = set;
    this.#fitted = fitted;
    this.#queries = chooseQueries(
      this.#set.photos,
      (id) => this.#labels.get(id) ?? null,
      STRIP_QUERIES,
      this.#set.groups,
    );
    this.#open = open;
    this.#batch = Math.min(ENCODED_AT_ONCE, Math.max(8, cache.ids.length));
  }

  /** How many of some of the probe photos are of one colour nearly everywhere, as the encoder is shown them. */
  evenPhotos(): Even {
    const { imageSize: size } = this.#config;
    const { channels } = this.#cache;
    const place = { x: 0, y: 0, width: size, height: size };
    const isEven = (id: string) => isOneTone({ width: size, data: this.#cache.evaluationLevels(id), channels }, place);
    const looked = few(this.#set.photos, LOOKED_AT);
    return { count: looked.filter(isEven).length, of: looked.length };
  }

  /** Opens the encoder for the next probe of this state, where that is not to be counted with it. */
  async ready(state: State): Promise<void> {
    await this.#show(state);
    this.#ready = state;
  }

  async #show(state: State): Promise<void> {
    if (this.#encoder) await this.#encoder.update(state);
    else this.#encoder = await this.#open(state, { batch: this.#batch });
  }

  /** How many times as long as another the last probe of a run takes, which looks at more photos. */
  get lastProbe(): number {
    const { photos, paired, heldOut } = this.#set;
    if (this.#config.embedding === 'pooled' || this.#fitted === photos) return 1;
    const enlarged = ENLARGED ** 2;
    return (
      1 + (enlarged * this.#fitted.length) / (photos.length + paired + enlarged * (photos.length + heldOut.length))
    );
  }

  /** @param last whether photos are compared by what comes of this look for good: it is fitted on more of them then */
  async probe(state: State, last = false): Promise<ProbeResult> {
    const { probe, compared, readout } = await this.#look(state, { votesOnly: false, last });
    const metrics = await measureProbe(probe);
    return { metrics, strip: await this.#strip(compared, compared.length / probe.n), readout };
  }

  /** The figure alone by which a network is compared with others: kNN accuracy where there are labels, else neighbour agreement. */
  async share(state: State): Promise<number> {
    const votes = canVote(this.#set, this.#labels);
    const { probe } = await this.#look(state, { votesOnly: votes, last: false });
    return (await measures[votes ? 'knn' : 'agreement'](probe)) ?? 0;
  }

  /**
   * What the network makes of the probe photos and of their second views. Figures of collapse and agreement are of pooled
   * features, which hide nothing; neighbours are found by what photos will be compared by, and `votesOnly` has nothing else.
   */
  async #look(state: State, { votesOnly, last }: { votesOnly: boolean; last: boolean }): Promise<Look> {
    if (this.#ready !== state) await this.#show(state);
    this.#ready = null; // the same map may hold other numbers the next time
    const { photos, heldOut, groups } = this.#set;
    const paired = votesOnly ? 0 : this.#set.paired;
    const pooled = votesOnly && this.#config.embedding !== 'pooled' ? [] : photos;
    let votes: Promise<Votes | null> | undefined;
    const first = await this.#embed(pooled, (ids) => this.#cache.evaluation(ids));
    const second = await this.#embed(photos.slice(0, paired), (ids) => secondViews(this.#config, this.#cache, ids));
    const D = featureDim(this.#config);
    const stages = await this.#stages(photos);
    const on = last && this.#fitted !== photos ? await this.#stages(this.#fitted) : stages;
    const readout = on && fitReadout(on, on.length / stagesDim(this.#config), D, edgeNumbers(this.#config));
    const comparedOf = async (ids: readonly string[]): Promise<Float32Array> =>
      readout
        ? readOut(readout, (await this.#stages(ids))!)
        : (await this.#embed(ids, (some) => this.#cache.evaluation(some))).features;
    // Photos that are too few for a readout are compared by pooled features after all.
    const known = readout ? readOut(readout, stages!) : first.features;
    const compared = known.length > 0 ? known : await comparedOf(photos);
    const probe: Probe = {
      ...first,
      second: second.features,
      paired,
      ...(groups && { groups }),
      votes: () =>
        (votes ??= probeVotes(this.#config, this.#set, this.#labels, compared, D, () => comparedOf(heldOut))),
      threads: this.#config.threads,
    };
    return { probe, compared, readout };
  }

  async close(): Promise<void> {
    await this.#encoder?.close();
  }

  /** As many of the photos at a time as the encoder takes, with what it is shown of them; damaged copies are mended. */
  async *#batches(
    ids: readonly string[],
    show: (some: string[]) => Float32Array,
  ): AsyncGenerator<{ images: Float32Array; n: number }> {
    for (let at = 0; at < ids.length; at += this.#batch) {
      const some = ids.slice(at, at + this.#batch);
      yield { images: await this.#cache.healed(() => show(some)), n: some.length };
    }
  }

  async #embed(ids: readonly string[], show: (some: string[]) => Float32Array): Promise<Embedded> {
    const parts: Embedded[] = [];
    for await (const { images, n } of this.#batches(ids, show))
      parts.push({ ...(await this.#encoder!.embed(images, n)), n });
    const all = (key: 'features' | 'projections' | 'predictions') => joined(parts.map((part) => part[key]));
    return {
      features: all('features'),
      projections: all('projections'),
      predictions: all('predictions'),
      n: ids.length,
    };
  }

  /** What a readout is fitted on, [n, S]; null where photos are compared by pooled features. */
  async #stages(ids: readonly string[]): Promise<Float32Array | null> {
    if (this.#config.embedding === 'pooled') return null;
    const parts: Float32Array[] = [];
    for await (const { images, n } of this.#batches(ids, (some) => this.#cache.evaluation(some)))
      parts.push(await this.#encoder!.stages!(images, n));
    return joined(parts);
  }

  async #strip(features: Float32Array, D: number): Promise<StripQueries> {
    const { photos, groups } = this.#set;
    const rows = this.#queries.map((id) => photos.indexOf(id));
    const asked = new Float32Array(rows.length * D);
    rows.forEach((row, i) => asked.set(features.subarray(row * D, (row + 1) * D), i * D));
    const shown = Math.min(STRIP_NEIGHBOURS, photos.length - 1);
    const sizes = rows.map((row) => groups?.reduce((sum, group) => sum + Number(group === groups[row]), 0) ?? 0);
    const k = Math.min(shown + Math.max(0, ...sizes), photos.length - 1);
    const { indices, similarities } = await nearest(features, photos.length, D, asked, rows.length, k, {
      exclude: Int32Array.from(rows),
    });
    const pairs = pairsOfSome(features, photos.length, D, STRIP_PAIRED);
    return this.#queries.map((imageId, q) => {
      const near = Array.from(indices.subarray(q * k, (q + 1) * k));
      const similar = new Map(near.map((row, i) => [row, similarities[q * k + i]!]));
      const kept = groups ? othersFirst(near, rows[q]!, groups, shown) : near;
      const neighbours = kept.map((row) => {
        const similarity = similar.get(row)!;
        return { imageId: photos[row]!, similarity, closer: shareBelow(pairs, similarity) };
      });
      return { imageId, neighbours };
    });
  }
}
