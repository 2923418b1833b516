/**
 * The window's words, English and Chinese side by side, a file for each place. Names and definitions of metrics and
 * settings are written where they are defined (shared/metrics.ts, shared/config/); their Chinese is in
 * zh-CN.terms.ts. Sentences of errors are in messages/errors/.
 */
import { inLanguage } from '../catalogue.ts';
import type { Message } from '../format.ts';
import { zhCNTerms } from '../zh-CN.terms.ts';
import { applicationWords } from './application.ts';
import { welcomeWords } from './welcome.ts';
import { libraryWords } from './library.ts';
import { datasetWords } from './dataset.ts';
import { duplicateWords } from './duplicates.ts';
import { newRunWords } from './new.ts';
import { optionsWords } from './options.ts';
import { monitorWords } from './monitor.ts';
import { runsWords } from './runs.ts';
import { frozenWords } from './frozen.ts';
import { resultsWords } from './results.ts';
import { exploreWords } from './explore.ts';
import { chosenWords } from './chosen.ts';
import { pickWords } from './pick.ts';
import { evaluateWords } from './evaluate.ts';
import { labWords } from './lab.ts';
import { exportingWords } from './export.ts';
import { settingsWords } from './settings.ts';
import { helpWords } from './help.ts';

const texts = {
  ...applicationWords,
  ...welcomeWords,
  ...libraryWords,
  ...datasetWords,
  ...duplicateWords,
  ...newRunWords,
  ...optionsWords,
  ...monitorWords,
  ...runsWords,
  ...frozenWords,
  ...resultsWords,
  ...exploreWords,
  ...chosenWords,
  ...pickWords,
  ...evaluateWords,
  ...labWords,
  ...exportingWords,
  ...settingsWords,
  ...helpWords,
};

export type MessageKey = keyof typeof texts;

export const en: Readonly<Record<MessageKey, Message>> = inLanguage(texts, 'en');
export const zhCN: Readonly<Record<MessageKey, Message> & Record<string, Message>> = {
  ...inLanguage(texts, 'zh-CN'),
  ...zhCNTerms,
};
