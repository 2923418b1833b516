/** An embedding by its run and epoch, as a person tells it from others. */
import type { EmbeddingSet, RunSummary } from '../../shared/contract.ts';
import type { I18n } from '../state/i18n.svelte.ts';

/** A frozen encoder has no epochs. */
export const setName = (i18n: I18n, { epoch }: Pick<EmbeddingSet, 'epoch'>, run: RunSummary | undefined): string =>
  run?.encoder
    ? run.name
    : i18n.t('explore.setOf', { run: run?.name ?? i18n.t('evaluate.deletedRun'), epoch: i18n.number(epoch, 1) });
