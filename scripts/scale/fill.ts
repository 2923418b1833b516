/**
 * Makes a home whose photos only its database knows: a hundred classes, half of the photos with a tag, an embedding with
 * graph, clusters and map, and duplicates. Run by itself, so that its memory is not counted to the application's:
 *
 *   node scripts/scale/fill.ts HOME PHOTOS [DIMENSIONS [described]]
 *
 * described: every photo has stars and two keywords.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseConfig } from '../../shared/config.ts';
import { IdList } from '../../shared/idList.ts';
import { Findings } from '../../src-main/app/duplicates/findings.ts';
import { graphKind, graphNeighbours as k } from '../../src-main/app/explore/openSet.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import { writeNpy } from '../../src-main/export/index.ts';
import { checkNpy, writeArrays, writeFileAtomic, writeRecord } from '../../src-main/files/index.ts';
import { addPhotos } from '../bench/rows.ts';
import { datasetId, embeddingSetId, runId, tagId } from './names.ts';

/** Numbers of an embedding where none is given: the threads that search are not what most measure. */
const FEW = 16;
const CLUSTERS = 50;

async function fill(home: string, n: number, D: number, isDescribed: boolean): Promise<void> {
  const paths = homePaths(home);
  mkdirSync(home, { recursive: true });
  const store = openStore(paths.database);
  store.datasets.insert({ id: datasetId, name: 'Photos', folder: '/photos', addedAt: 1 });
  addPhotos(store, datasetId, n);
  const ids: string[] = [];
  for (const piece of store.images.pieces(datasetId, {})) for (const { id } of piece) ids.push(id);
  store.tags.insert({ id: tagId, name: 'half', color: '#d55e00', key: 1, createdAt: 1 });
  store.tags.tag(
    tagId,
    ids.filter((_, i) => i % 2 === 0),
    true,
  );
  for (let at = 0; isDescribed && at < n; at += 10_000)
    store.descriptions.set(
      ids
        .slice(at, at + 10_000)
        .map((id, i) => ({
          id,
          rating: (i % 5) + 1,
          keywords: [i % 2 ? 'often' : 'else', `kind ${i % 50}`],
          taken: null,
          camera: null,
        })),
    );
  store.runs.insert({
    ...{ id: runId, name: 'One', color: '#336699', state: 'finished', datasetId, preset: null, clonedFrom: null },
    ...{ config: parseConfig({}), createdAt: 1, epochs: 1, images: n },
  });
  const facts = { checkpointId: 'c', epoch: 1, fingerprint: 'f', images: n, dimensions: D, createdAt: 1 };
  store.embeddingSets.insert({ id: embeddingSetId, runId, datasetId, ...facts });
  store.close();

  const file = (ending: string) => `${paths.embeddings(runId)}/${embeddingSetId}.${ending}`;
  mkdirSync(dirname(file('npy')), { recursive: true });
  const data = Float32Array.from({ length: n * D }, (_, i) => Math.sin(i * 1.7 + (i % D) * (i >> 12)));
  await writeNpy(file('npy'), { shape: [n, D], data });
  await writeRecord(file('json'), 1, ids);
  const source = await checkNpy(file('npy'));
  const indices = Int32Array.from({ length: n * k }, (_, at) => (Math.floor(at / k) + 1 + (at % k)) % n);
  const similarities = Float32Array.from({ length: n * k }, (_, at) => 0.99 - (at % k) / 100 - (at % 997) / 1e5);
  await writeArrays(file('graph'), { ...graphKind, source }, [indices, similarities]);
  const clusters = Int32Array.from({ length: n }, (_, row) => Math.floor((row * CLUSTERS) / n));
  await writeArrays(file('clusters'), { kind: `clusters ${k}`, version: graphKind.version, source }, [clusters]);
  const places = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * 12.9898) * 10);
  await writeFileAtomic(file('umap'), new Uint8Array(places.buffer));
  await new Findings(paths.duplicates).set(
    { datasetId, embeddingSetId: null },
    {
      groups: Array.from({ length: Math.floor(n / 100) }, (_, g) => ({
        kind: 'picture',
        ids: [ids[g * 100]!, ids[g * 100 + 1]!],
      })),
      looked: { ids: IdList.of(ids), versions: IdList.of(ids.map(() => '1000 1')) },
      missed: 0,
    },
  );
}

const [home, photos, dimensions = FEW, described] = process.argv.slice(2);
await fill(home!, Number(photos), Number(dimensions), described !== undefined);
