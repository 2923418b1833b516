/**
 * Measures picking photos from a made-up embedding: for each rule and number of photos the processor seconds of all
 * threads and the wall time.
 *
 *   node scripts/measure-pick.ts [--photos 100000] [--dimensions 512] [--counts 24,1000] [--threads 2]
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ExactIndex, mixed, typical, uncertain, varied } from '../src-main/search/index.ts';
import { embeddings } from './scale/data.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '512' },
    counts: { type: 'string', default: '24,1000' },
    threads: { type: 'string', default: '2' },
  },
});
const [n, d, threads] = [values.photos, values.dimensions, values.threads].map(Number) as [number, number, number];
const index = await ExactIndex.create(embeddings(n, d), n, d, { threads });
/** As sure as a classifier of few examples is: any photo may be in doubt. */
const doubt = Float32Array.from({ length: n }, (_, row) => ((row * 7919) % 1000) / 1000);
const before = Array.from({ length: 100 }, (_, i) => Math.floor((i * n) / 100));
const rows: object[] = [];
try {
  for (const [rule, pick] of Object.entries({ varied, typical, mixed, uncertain }))
    for (const count of values.counts.split(',').map(Number)) {
      const [cpu, wall] = [process.cpuUsage(), performance.now()];
      const chosen = await pick(index, { count, allowed: null, before, doubt });
      const { user, system } = process.cpuUsage(cpu);
      const seconds = { processorSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wall) / 1000 };
      rows.push({ rule, count, chosen: chosen.length, ...seconds });
      console.error(JSON.stringify(rows.at(-1)));
    }
} finally {
  await index.close();
}
const machine = `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`;
console.log(JSON.stringify({ machine, photos: n, dimensions: d, threads, rows }, null, 2));
