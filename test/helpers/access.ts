/** Browsers that may come in, kept in memory: for a host without an application. */
import { BrowserAccess } from '../../src-main/app/browsers.ts';
import { openStore } from '../../src-main/db/index.ts';

export const memoryAccess = (): BrowserAccess => new BrowserAccess(openStore(':memory:'));
