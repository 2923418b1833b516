/** How a self-test ended, as an English sentence: for the command line and for reports that others read. */
import type { SelfTest } from '../contract/devices.ts';
import { en } from './window/index.ts';
import { formatMessage } from './format.ts';

export const selfTestSentence = ({ outcome, values, views }: SelfTest): string =>
  [
    formatMessage(en[`selfTest.${outcome}`], 'en', values),
    ...(views ? [formatMessage(en[`selfTest.views.${views.outcome}`], 'en', views.values)] : []),
  ].join('; ');
