/**
 * Preloaded (`node --import`): processes and threads of the program, and the doubles of some, are those of the build in
 * dist/tested, which load their modules in a fifth of the time; all else stays as it is. `npm test` builds it and starts
 * what tests in Node and in the browser start this way; a test file that is run by itself starts the sources.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url).href;
const built = new URL('dist/tested/', root).href;

/** Of a module of the program or a double, or of one that a built module names beside itself, its place in the build. */
function placeOf(url: string): string | null {
  const place = url.startsWith(built) ? url.slice(built.length) : url.startsWith(root) ? url.slice(root.length) : '';
  return /^(src-main|test\/helpers)\//.test(place) ? built + place.replace(/\.ts$/, '.js') : null;
}

registerHooks({
  resolve(specifier, context, next) {
    // what nothing imports is what a process or a thread was started with
    const url = context.parentURL === undefined ? placeOf(specifier) : null;
    return next(url !== null && existsSync(fileURLToPath(url)) ? url : specifier, context);
  },
});
