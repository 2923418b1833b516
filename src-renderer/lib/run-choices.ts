/** Runs as a person chooses among them, and finds them by typing: by name, folder, state and verdict. */
import type { RunSummary } from '../../shared/contract.ts';
import { verdictText } from './baseline-text.ts';
import { hasWords } from './with-name.ts';
import type { I18n } from '../state/i18n.svelte.ts';

/** One of those that a Combobox offers. */
export interface Choice {
  id: string;
  name: string;
  /** What tells it from others of its name, in words. */
  details?: readonly string[];
  /** That of a run. */
  color?: string;
}
export interface ChoiceGroup {
  /** Unlike that of any other; '': those that need no heading. */
  name: string;
  choices: readonly Choice[];
}

/** What is told of a run beside its name, and found by typing. */
export const runDetails = (i18n: I18n, { state, encoder, judgement, datasetName }: RunSummary): string[] => [
  i18n.t(encoder ? 'frozen.badge' : `state.${state}`),
  ...(judgement ? [verdictText(i18n, judgement)] : []),
  datasetName,
];

export const runChoice = (i18n: I18n, run: RunSummary, id = run.id): Choice => ({
  id,
  name: run.name,
  details: [...runDetails(i18n, run), i18n.dayAndTime(run.createdAt)[0]],
  color: run.color,
});

/** Runs in the order they come in, those of the Lab after all others. @param idOf by which each is chosen */
export function runGroups(i18n: I18n, runs: readonly RunSummary[], idOf = ({ id }: RunSummary) => id): ChoiceGroup[] {
  const choices = (isOfLab: boolean) =>
    runs.filter(({ experiment }) => Boolean(experiment) === isOfLab).map((run) => runChoice(i18n, run, idOf(run)));
  return [
    { name: '', choices: choices(false) },
    { name: i18n.t('picker.lab'), choices: choices(true) },
  ];
}

/**
 * Groups with what is found by all the words that are typed, each in its name or details, those before others of which
 * each begins a word; without empty groups.
 */
export const matching = (groups: readonly ChoiceGroup[], typed: string): ChoiceGroup[] =>
  groups
    .map(({ name, choices }) => {
      const [none, within, first] = [[], [], []] as Choice[][];
      for (const choice of choices)
        [none, within, first][hasWords([choice.name, ...(choice.details ?? [])], typed)]!.push(choice);
      return { name, choices: [...first!, ...within!] };
    })
    .filter(({ choices }) => choices.length > 0);
