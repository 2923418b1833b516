/**
 * How the application answers under load: what each query costs in processor time, and how long queries wait when many
 * come at once, alone and beside a training. The home is made for it: a folder of photos that only the database knows,
 * runs with a history, and a small folder of rendered photos that is trained on. Prints one JSON object.
 *
 *   node scripts/load.ts [--rates 50,1000] [--seconds 20] [--photos 50000] [--runs 60] [--pages 4] [--no-training]
 *
 * The host is a process of its own, so that asking costs it nothing. A rate is counted, not waited for: a query is late
 * from the moment at which it should have been asked. Wall times say something only on an idle machine; processor
 * milliseconds a query hold on any.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { connect } from '../shared/client.ts';
import type { Client } from '../shared/client.ts';
import type { AppMethod, AppParams } from '../shared/contract.ts';
import { parseConfig } from '../shared/config.ts';
import { metrics } from '../shared/metrics.ts';
import { completed } from '../shared/metricRows.ts';
import type { EpochMetrics } from '../shared/metricRows.ts';
import { KEY_HEADER, keyInAddress } from '../shared/pageKey.ts';
import { webSocketTransport } from '../shared/transport.ts';
import type { WebSocketLike } from '../shared/transport.ts';
import { createApp, homePaths } from '../src-main/app/index.ts';
import { openStore } from '../src-main/db/index.ts';
import { startServer } from '../src-main/server/index.ts';
import { renderPhotos } from '../test/browser/photos.ts';
import { addPhotos } from './bench/rows.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rates: { type: 'string', default: '50,1000' },
    seconds: { type: 'string', default: '20' },
    photos: { type: 'string', default: '50000' },
    runs: { type: 'string', default: '60' },
    pages: { type: 'string', default: '4' },
    training: { type: 'boolean', default: true },
    /** Given only to the process that this one starts: the home that it serves. */
    host: { type: 'string' },
  },
});
const [seconds, photos, runs, pages] = [values.seconds, values.photos, values.runs, values.pages].map(Number) as [
  number,
  number,
  number,
  number,
];
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (values.host) await host(values.host);
else await measure();

/** Serves the home, and says what it has used of the processor whenever it is asked. */
async function host(home: string): Promise<void> {
  const app = await createApp({ home, host: { kind: 'server', version: '0.0.0' }, embedsFinished: false });
  const server = await startServer({ app });
  process.on('message', () => process.send!({ cpu: process.cpuUsage() }));
  process.on('disconnect', () => void server.close().then(() => app.close()));
  process.send!({ url: server.url });
}

/** Rows as applications of a while would have left them. */
function fill(home: string): void {
  const store = openStore(homePaths(home).database);
  store.datasets.insert({ id: 'many', name: 'Many photos', folder: join(home, 'nowhere'), addedAt: 1 });
  addPhotos(store, 'many', photos);
  const figure = (step: number) =>
    completed({
      ...Object.fromEntries(Object.keys(metrics).map((name) => [name, 1 / step])),
      step,
      epoch: step / 20,
      at: step,
    } as unknown as EpochMetrics);
  for (let r = 0; r < runs; r++) {
    const id = `run${r}`;
    store.runs.insert({
      ...{ id, name: id, color: '#0072b2', state: 'finished', datasetId: 'many', preset: null, clonedFrom: null },
      ...{ config: parseConfig({}), createdAt: r, epochs: 100, images: photos },
    });
    store.runs.update(id, { epoch: 100, step: 2000, steps: 2000, startedAt: 1, endedAt: 2 });
    for (let epoch = 1; epoch <= 100; epoch++) store.metrics.putEpoch(id, figure(20 * epoch));
    store.metrics.putSteps(
      id,
      Array.from({ length: 2000 }, (_, step) => ({
        ...{ step: step + 1, epoch: step / 20, loss: -0.5, zStdTraining: 0.9, learningRate: 0.1 },
        ...{ trainingSeconds: step, at: step },
      })),
    );
  }
  store.close();
}

/** What windows ask of it, each as often as its weight: the quick ones of a person who looks, and the lists. */
function queries(
  imageIds: readonly string[],
): { name: string; weight: number; ask: (client: Client) => Promise<unknown> }[] {
  let n = 0;
  const call = <M extends AppMethod>(weight: number, method: M, params: () => AppParams<M>, name: string = method) => ({
    name,
    weight,
    ask: (client: Client) => client.call(method, params()),
  });
  const run = () => ({ runId: `run${n++ % runs}` });
  return [
    call(20, 'library.image', () => ({ imageId: imageIds[n++ % imageIds.length]! })),
    call(20, 'runs.get', run),
    call(10, 'library.list', () => null),
    call(10, 'tasks.list', () => null),
    call(10, 'system.settings', () => null),
    call(
      10,
      'library.images',
      () => ({ datasetId: 'many', offset: (n++ * 997) % photos, limit: 100 }),
      'a page of photos',
    ),
    call(5, 'library.images', () => ({ datasetId: 'many', search: `${n++ % 100}`, offset: 0, limit: 100 }), 'a search'),
    call(5, 'runs.list', () => null),
    call(5, 'runs.epochs', run),
    call(5, 'runs.steps', () => ({ ...run(), points: 500 })),
  ];
}

async function measure(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-load-'));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say(`${photos} photos and ${runs} runs in ${home}`);
  fill(home);
  const child = fork(fileURLToPath(import.meta.url), ['--host', home], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: process.execArgv,
  });
  const told = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)));
  const { url } = await told<{ url: string }>();
  /** Processor time that the host has used so far, all its threads, milliseconds. */
  const used = async () => {
    const answer = told<{ cpu: NodeJS.CpuUsage }>();
    child.send('used');
    const { cpu } = await answer;
    return (cpu.user + cpu.system) / 1000;
  };
  const entered = await fetch(url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const key = keyInAddress(new URL(entered.headers.get('location')!, url).hash)!;
  const { host: address } = new URL(url);
  const open = async (): Promise<Client> => {
    const answer = await fetch(`http://${address}/ticket`, { headers: { cookie, [KEY_HEADER]: key } });
    const { ticket } = (await answer.json()) as { ticket: string };
    const socket = new WebSocket(`ws://${address}/socket?ticket=${ticket}`, {
      headers: { cookie, origin: `http://${address}` },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return connect(webSocketTransport(socket as unknown as WebSocketLike));
  };
  const clients = await Promise.all(Array.from({ length: pages }, open));
  const [client] = clients as [Client];
  const { images } = await client.call('library.images', { datasetId: 'many', offset: 0, limit: 100 });
  const kinds = queries(images.map(({ id }) => id));
  const report: Record<string, unknown> = {
    machine: `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)} at the start`,
    ...{ photos, runs, pages, seconds },
  };

  const cost: Record<string, number> = {};
  for (const { name, ask } of kinds) {
    for (let i = 0; i < 20; i++) await ask(client);
    const before = await used();
    for (let i = 0; i < 100; i++) await ask(client);
    cost[name] = Number((((await used()) - before) / 100).toFixed(2));
  }
  report.processorMillisecondsEach = cost;
  say(JSON.stringify(cost));

  /** The waits of `rate` queries a second, in milliseconds. */
  const load = async (rate: number) => {
    const order = kinds.flatMap((kind) =>
      Array.from({ length: kind.weight }, (_, i) => ({ kind, at: (i + 0.5) / kind.weight })),
    );
    order.sort((a, b) => a.at - b.at);
    const waits = new Map<string, number[]>(kinds.map(({ name }) => [name, []]));
    const open: Promise<unknown>[] = [];
    const before = await used();
    const start = performance.now();
    for (let i = 0; i < rate * seconds; i++) {
      const due = start + (1000 * i) / rate;
      if (due > performance.now()) await wait(due - performance.now());
      const { kind } = order[i % order.length]!;
      const answer = kind.ask(clients[i % pages]!);
      open.push(answer.then(() => waits.get(kind.name)!.push(performance.now() - due)));
    }
    await Promise.all(open);
    const took = (performance.now() - start) / 1000;
    return {
      answeredASecond: Math.round((rate * seconds) / took),
      hostProcessorShare: Number((((await used()) - before) / 1000 / took).toFixed(2)),
      all: quantiles([...waits.values()].flat()),
      ...Object.fromEntries([...waits].map(([name, list]) => [name, quantiles(list)])),
    };
  };
  const rates = values.rates.split(',').map(Number);
  for (const rate of rates) report[`alone, ${rate} a second`] = await load(rate);

  if (values.training) {
    const folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-load-photos-')), 64);
    const { id: datasetId } = await client.call('library.add', { folder, read: true });
    const patch = { epochs: 100_000, device: 'cpu', batchSize: 64, probe: { everyEpochs: 1000 } };
    const { id: runId } = await client.call('runs.create', { datasetId, name: null, preset: null, patch });
    const step = async () => (await client.call('runs.get', { runId })).step;
    while ((await step()) < 20) await wait(200);
    /** Steps a second of `seconds`. */
    const speed = async (beside: () => Promise<unknown>) => {
      const [first, from] = [await step(), performance.now()];
      const what = await beside();
      return {
        stepsASecond: Number(((1000 * ((await step()) - first)) / (performance.now() - from)).toFixed(2)),
        what,
      };
    };
    for (const rate of rates) {
      const alone = await speed(() => wait(1000 * seconds));
      const { stepsASecond, what } = await speed(() => load(rate));
      report[`beside a training, ${rate} a second`] = {
        stepsASecond,
        stepsASecondAlone: alone.stepsASecond,
        ...(what as object),
      };
    }
    await client.call('runs.stop', { runId, now: true });
    rmSync(folder, { recursive: true, force: true });
  }
  for (const one of clients) one.close();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  await ended;
  rmSync(home, { recursive: true, force: true });
  console.log(JSON.stringify(report, null, 2));
}

/** Milliseconds: the middle, the 95th and 99th of a hundred, the longest. */
function quantiles(list: number[]): number[] {
  const sorted = list.sort((a, b) => a - b);
  return [0.5, 0.95, 0.99, 1].map((q) => Number((sorted[Math.ceil(q * sorted.length) - 1] ?? 0).toFixed(1)));
}
