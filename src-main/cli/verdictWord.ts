import { resultsWords } from '../../shared/messages/window/results.ts';
import { verdictKey } from '../../shared/verdict/judgement.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';

/** A verdict in the words of the window, as a cell of a table has them; '' where there is none. JSON has its id. */
export const verdictWord = (judgement: Pick<Judgement, 'verdict' | 'key'> | null | undefined): string =>
  judgement ? resultsWords[`verdict.${verdictKey(judgement)}`][0].toLowerCase() : '';
