/** The handler of each call of the contract, by the part that answers it. */
import type { AppHandlers } from '../../shared/contract.ts';
import { clusterHandlers } from './cluster.ts';
import type { AppContext } from './context.ts';
import { duplicateHandlers } from './duplicates/handlers.ts';
import { exportHandlers } from './exports.ts';
import { frozenHandlers } from './frozen.ts';
import { libraryHandlers } from './library/handlers.ts';
import type { Parts } from './parts.ts';
import { systemHandlers } from './system.ts';
import { tagHandlers } from './tags/handlers.ts';
import { weightHandlers } from './weights/handlers.ts';

export function handlersOf(context: AppContext, parts: Parts): AppHandlers {
  const { access, library, describer, devices, supervisor, sets } = parts;
  const { store, pool } = context;
  const renderSample = async (folder: string) => {
    pool.wake();
    context.getReady();
    const { renderSampleSet } = await import('./sample/render.ts');
    await renderSampleSet(folder);
  };
  const announceAll = () => {
    for (const { id, parent } of store.datasets.all()) if (parent === null) library.announce(id); // and its collections
    for (const run of store.runs.all()) if (!run.deletedAt) describer.announce(run.id);
  };
  return {
    ...libraryHandlers(context, library, renderSample),
    ...parts.runs.handlers,
    ...parts.explore.handlers,
    ...duplicateHandlers(context, library, sets),
    ...parts.evaluate,
    ...parts.lab.handlers,
    ...tagHandlers(context, library),
    ...exportHandlers(context, library, sets),
    ...clusterHandlers(context, library, describer, sets),
    ...frozenHandlers(context, library, describer, sets),
    ...weightHandlers(context),
    ...systemHandlers(context, devices, access, () => supervisor.busy, announceAll),
  };
}
