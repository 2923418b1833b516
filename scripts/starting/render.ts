/**
 * Renders the pictures that starting weights are trained on into one file of bytes [programs, instances, SIDE, SIDE, 3]:
 *
 *   node scripts/starting/render.ts FILE [--first 0] [--programs 8000] [--instances 6]
 *
 * About 9 ms of one core each. FILE is gone on with where it is shorter.
 */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { picture, SIDE } from './scene.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    first: { type: 'string', default: '0' },
    programs: { type: 'string', default: '8000' },
    instances: { type: 'string', default: '6' },
  },
});
const [file] = positionals;
if (!file) {
  process.stderr.write('usage: node scripts/starting/render.ts FILE\n');
  process.exit(2);
}
const [first, programs, instances] = [Number(values.first), Number(values.programs), Number(values.instances)];
const bytes = 3 * SIDE * SIDE;
const done = existsSync(file) ? Math.floor(statSync(file).size / (bytes * instances)) : 0;
const out = openSync(file, done > 0 ? 'r+' : 'w');
for (let program = done; program < programs; program++)
  for (let instance = 0; instance < instances; instance++)
    writeSync(out, picture(first + program, instance), 0, bytes, bytes * (program * instances + instance));
closeSync(out);
