/** What a person who comes back left: runs that were cut off, the results and the folders of late. */
import type { Dataset, RunSummary } from '../../shared/contract.ts';
import { isUnderWay } from '../../shared/underWay.ts';

const most = { interrupted: 3, results: 4, folders: 4 };

/** When something last happened to a run. */
const lastAt = ({ endedAt, startedAt, createdAt }: RunSummary): number => endedAt ?? startedAt ?? createdAt;

export function recent(runs: readonly RunSummary[], datasets: readonly Dataset[]) {
  const own = runs.filter(({ experiment }) => !experiment).sort((a, b) => lastAt(b) - lastAt(a));
  /** When a folder was last used: trained on, or added. */
  const usedAt = (dataset: Dataset) =>
    Math.max(dataset.addedAt, ...runs.filter(({ datasetId }) => datasetId === dataset.id).map(lastAt));
  return {
    interrupted: own.filter(({ state }) => state === 'interrupted').slice(0, most.interrupted),
    results: own
      .filter(({ state, epoch, encoder }) => isUnderWay(state) || epoch > 0 || encoder)
      .slice(0, most.results),
    folders: [...datasets].sort((a, b) => usedAt(b) - usedAt(a)).slice(0, most.folders),
  };
}
