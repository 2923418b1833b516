/** Lookalike's side of the benchmarks: a process that sets up one work and runs it as often as it is asked. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseConfig } from '../../../shared/config.ts';
import { Encoder, initialState, stepPlacement, TrainingSession } from '../../engine/index.ts';
import { augmentView, buildCache, decodeImage, drawParameters, ViewLoader } from '../../images/index.ts';
import { ExactIndex } from '../../search/index.ts';
import { trainingConfig } from './work.ts';
import type { Answer, Profile, Request, StepWork, Work } from './work.ts';

type Run = () => Promise<void>;

const rates = { learningRate: 1e-3, predictorLearningRate: 1e-3 };

/** Numbers that no shortcut can exploit; their values do not matter to any of the timings. */
const noise = (count: number): Float32Array => {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = 2 * Math.random() - 1;
  return out;
};

const pixels = (batch: number, size: number): number => batch * 3 * size * size;

async function setUp(work: Work): Promise<Run> {
  switch (work.kind) {
    case 'step': {
      const config = parseConfig(trainingConfig(work));
      const session = await TrainingSession.create(config, initialState(config), {
        device: work.device,
        threads: work.threads,
      });
      const views = [noise(pixels(work.batch, work.size)), noise(pixels(work.batch, work.size))];
      return async () => {
        for (let i = 0; i < work.steps; i++) await session.advance({ views, ...rates });
        await session.settle(); // the device has computed them all
      };
    }
    case 'endToEnd': {
      const config = parseConfig(trainingConfig(work));
      const names = (await readdir(work.images)).filter((name) => name.endsWith('.jpg')).sort();
      const files = names.map((name) => ({ id: name, path: join(work.images, name) }));
      const { cache } = await buildCache({ files, directory: join(work.images, 'cache'), imageSize: work.size });
      const loader = new ViewLoader({
        cache,
        augment: config.augment,
        imageSize: work.size,
        batchSize: work.batch,
        seed: 0,
      });
      const session = await TrainingSession.create(config, initialState(config), {
        device: 'cpu',
        threads: work.threads,
      });
      let at = 0;
      return async () => {
        for (let i = 0; i < work.steps; i++, at++) {
          const { views } = await loader.next(Math.floor(at / loader.stepsPerEpoch), at % loader.stepsPerEpoch);
          await session.step({ views, ...rates });
        }
      };
    }
    case 'augment': {
      const image = await decodeImage(work.image);
      const { augment } = parseConfig({ epochs: 1 }); // the paper's, with blur
      const out = new Float32Array(pixels(1, work.size));
      let epoch = 0;
      return async () => {
        epoch++;
        for (let view = 0; view < work.views; view++)
          augmentView(
            image,
            drawParameters(augment, 0, epoch, 'bench', view, image.width, image.height),
            work.size,
            out,
          );
      };
    }
    case 'embed': {
      const config = parseConfig({ imageSize: work.size, device: 'cpu', threads: work.threads, epochs: 1 });
      const encoder = await Encoder.create(config, initialState(config), {
        device: 'cpu',
        threads: work.threads,
        batch: 64,
      });
      const images = noise(pixels(work.count, work.size));
      return async () => void (await encoder.embed(images, work.count));
    }
    case 'knn': {
      const index = await ExactIndex.create(noise(work.vectors * work.dimension), work.vectors, work.dimension, {
        threads: work.threads,
      });
      const query = noise(work.dimension);
      return async () => {
        for (let i = 0; i < work.queries; i++) await index.query(query, 1, work.neighbours);
      };
    }
    case 'create': {
      const config = parseConfig(trainingConfig(work));
      const state = initialState(config);
      return async () => {
        const session = await TrainingSession.create(config, state, { device: 'cpu', threads: work.threads });
        await session.close();
      };
    }
    default:
      throw new Error(`no such work: ${(work satisfies never as Work).kind}`);
  }
}

/** Where the time of a step goes, and what it copies. */
async function profile(work: StepWork): Promise<Profile> {
  const config = parseConfig(trainingConfig(work));
  const settings = { device: work.device, threads: work.threads };
  const placement = await stepPlacement(config, settings);
  const session = await TrainingSession.create(config, initialState(config), settings);
  const views = [noise(pixels(work.batch, work.size)), noise(pixels(work.batch, work.size))];
  await session.step({ views, ...rates });
  const before = session.copied;
  await session.step({ views, ...rates });
  const after = session.copied;
  await session.close();
  return {
    ...placement,
    copied: { toDevice: after.toDevice - before.toDevice, fromDevice: after.fromDevice - before.fromDevice },
  };
}

let run: Run = async () => {};
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  const began = performance.now();
  let profiled: Profile | undefined;
  if ('setUp' in request) run = await setUp(request.setUp);
  else if ('profile' in request) profiled = await profile(request.profile);
  else await run();
  const answer: Answer = {
    profile: profiled,
    seconds: (performance.now() - began) / 1000,
    memory: 1024 * process.resourceUsage().maxRSS,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
