/** The calls of frozen encoders: an ONNX file from elsewhere is looked at, and becomes a run that trains nothing. */
import { basename, extname } from 'node:path';
import type { AppHandlers, frozenCalls } from '../../shared/contract.ts';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import { reason } from '../../shared/reason.ts';
import { computeJob } from './compute/job.ts';
import type { AppContext } from './context.ts';
import { AppError } from './errors.ts';
import type { EmbeddingSets } from './explore/sets.ts';
import type { Library } from './library/library.ts';
import { ruleOf } from './library/measuring.ts';
import type { RunDescriber } from './runs/describe.ts';
import { freshColor, freshId } from './runs/fresh.ts';
import { importing } from './runs/importing.ts';
import type { TaskControl } from './tasks.ts';

export type FrozenHandlers = Pick<AppHandlers, keyof typeof frozenCalls>;

export function frozenHandlers(
  context: AppContext,
  library: Library,
  describer: RunDescriber,
  sets: EmbeddingSets,
): FrozenHandlers {
  const { store, tasks, paths, host } = context;

  /** The settings that embedding asks for: how photos are read, and where it is computed. */
  const configOf = (datasetId: string): RunConfig => {
    const { bands, ...input } = ruleOf(library.dataset(datasetId));
    const named = typeof input.channels === 'number' ? {} : { bands };
    const { device } = store.settings.get();
    return parseConfig({ device, epochs: 1, input: { ...input, ...named, channels: 'colour', depth: 8 } });
  };

  return {
    'frozen.look': async ({ file, form }, { signal }) => {
      const job = { kind: 'frozen' as const, source: file, form, licence: '', origin: '', keep: null };
      return (await computeJob(context, job, { signal, progress: () => {} })).look;
    },
    'frozen.use': ({ file, datasetId, name, form, licence, origin }) => {
      const images = library.usable(datasetId);
      if (images === 0) throw new AppError('no-images.embed');
      const work = async (control: TaskControl): Promise<string> => {
        const runId = freshId(store);
        const config = configOf(datasetId);
        const keep = { runId, directory: paths.run(runId), config, images };
        const job = { kind: 'frozen' as const, source: file, form, licence, origin, keep };
        await importing(context, runId, async () => {
          const { look, checkpoint } = await computeJob(context, job, control);
          const now = Date.now();
          store.transaction(() => {
            store.runs.insert({
              ...{ id: runId, name: name ?? basename(file, extname(file)), color: freshColor(store) },
              ...{ state: 'finished', datasetId, preset: null, config, clonedFrom: null, createdAt: now },
              ...{ epochs: null, images },
            });
            store.runs.update(runId, { encoder: look.encoder, startedAt: now, endedAt: now });
            store.checkpoints.replace(runId, [{ ...checkpoint!, file: basename(checkpoint!.file) }], now);
          });
        });
        describer.announce(runId);
        if (host.kind !== 'cli') sets.embedFinished(runId); // a command asks for it by itself
        return runId;
      };
      return tasks.start('frozen', reason('doing.using-encoder', { file: basename(file) }), work, {
        line: 'processor',
      });
    },
  };
}
