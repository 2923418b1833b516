/**
 * Starting weights of twice the width, from those of a network (widening.ts), for pack.ts:
 *
 *   node scripts/starting/widen.ts WEIGHTS OUT [--seed 0]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decodeSafetensors, encodeSafetensors, floatTensors } from '../../src-main/export/index.ts';
import { widened } from './widening.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '0' } },
});
const [from, to] = positionals;
if (!from || !to) {
  process.stderr.write('usage: node scripts/starting/widen.ts WEIGHTS OUT\n');
  process.exit(2);
}
const wide = widened(floatTensors(decodeSafetensors(readFileSync(from)).tensors), Number(values.seed));
writeFileSync(to, encodeSafetensors(new Map([...wide].map(([name, tensor]) => [`backbone.${name}`, tensor]))));
