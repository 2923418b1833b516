/** A part that trains on the rendered photos to the end, by the trainer's own process: its rows, its speed and its waiting. */
import { join } from 'node:path';
import type { RunConfig } from '../../shared/config.ts';
import type { TrainJob } from '../../shared/contract/job.ts';
import type { Report } from '../../shared/contract/report.ts';
import { forkLauncher } from '../../src-main/app/compute/launch.ts';
import { computesHalf } from '../../src-main/engine/index.ts';
import type { Settings } from './parts.ts';
import { cacheOf, renderedPhotos } from './photos.ts';
import { runOf } from './sizes.ts';

export const trained =
  (precision: RunConfig['precision']) =>
  async (settings: Settings, found: (result: unknown) => void): Promise<void> => {
    const images = renderedPhotos(settings);
    if (precision === 'float16' && !(await computesHalf({ device: 'webgpu' })))
      throw new Error('this device does not compute in float16');
    const job: TrainJob = {
      kind: 'train',
      runId: `portable-${precision}`,
      directory: join(settings.work, 'runs', precision),
      cacheDirectory: cacheOf(settings.work),
      cacheBytes: 20e9,
      config: runOf(precision, settings),
      images,
      initialWeights: null,
      resumeFrom: null,
      extendBy: null,
      history: [],
      untrained: null,
    };
    const result: Record<string, unknown> = { photos: images.length, precision };
    const began = performance.now();
    const since = () => Math.round((performance.now() - began) / 100) / 10;
    const error = await new Promise<string | null>((resolve) => {
      let ended: string | null | undefined;
      const report = (message: Report): void => {
        if (message.type === 'ready') void handle.send({ type: 'job', job });
        else if (message.type === 'started') {
          Object.assign(result, { startedAfter: since(), viewsBy: message.config.viewsBy, steps: message.totalSteps });
        } else if (message.type === 'untrained') result['untrainedKnn'] = message.metrics.knn;
        else if (message.type === 'epoch') {
          const { loss, knn, imagesPerSecond, dataWait, epoch } = message.metrics;
          Object.assign(result, { epoch, loss, knn, imagesPerSecond, dataWait });
        } else if (message.type === 'done') {
          Object.assign(result, { finished: true, seconds: since() });
          ended = null;
        } else if (message.type === 'failed') ended = message.error.message;
        else return;
        found(result);
      };
      const exit = (how: { code: number | null; signal: string | null; complaint: string }): void =>
        resolve(
          ended !== undefined
            ? ended
            : `the trainer ended by ${how.signal ?? `exit code ${how.code}`}: ${how.complaint}`,
        );
      const handle = forkLauncher()({ report, exit });
    });
    if (error !== null) throw new Error(error);
  };
