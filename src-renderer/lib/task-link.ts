/** Where a task, and what came of it, is to be seen. */
import type { Place } from '../../shared/places.ts';
import type { Task } from '../../shared/contract.ts';

type Link = [place: Place, id: string | null, query: Record<string, string>];

/** The parameters that are known. */
const given = (all: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] != null));

export function taskLink({ kind, state, resultId, about: { runId, datasetId } }: Task): Link {
  const made = state === 'done' ? resultId : null;
  switch (kind) {
    case 'evaluate':
    case 'export':
      return [kind, null, given(made === null ? { run: runId } : { result: made })];
    case 'fetch':
    case 'copy':
      return ['library', datasetId ?? null, {}];
    case 'cluster': // a run that came back is of a folder of the Library; what was handed out is a folder of its own
      return datasetId !== undefined && made !== null ? ['monitor', made, {}] : ['runs', null, {}];
    case 'weights':
      return ['new', null, {}];
    case 'frozen':
      return made === null ? ['runs', null, { encoder: '' }] : ['explore', null, { run: made }];
    case 'duplicates':
      if (runId === undefined) return ['library', datasetId ?? null, { tab: 'duplicates' }];
      return ['explore', null, given({ run: runId, folder: datasetId, mode: 'duplicates' })];
    case 'embed':
    case 'graph':
    case 'umap':
    case 'pick':
      return ['explore', null, given({ run: runId, folder: datasetId })];
    default:
      throw new Error(`there is no task ${kind satisfies never}`);
  }
}
