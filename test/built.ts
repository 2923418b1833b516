/**
 * Preloaded (`node --import`): processes and threads of the program are those of the built program in dist/main, which
 * load their modules in a fifth of the time; all else stays as it is. `npm test` builds it and starts what tests in Node
 * and in the browser start this way; a test file that is run by itself starts the sources.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const sources = new URL('../src-main/', import.meta.url).href;
const built = new URL('../dist/main/src-main/', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    // what nothing imports is what a process or a thread was started with
    if (context.parentURL === undefined && specifier.startsWith(sources)) {
      const url = built + specifier.slice(sources.length).replace(/\.ts$/, '.js');
      if (existsSync(fileURLToPath(url))) return next(url, context);
    }
    return next(specifier, context);
  },
});
