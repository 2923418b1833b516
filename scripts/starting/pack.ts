/**
 * Packs an average of train.ts as starting weights, in half precision, and reads them back:
 *
 *   node scripts/starting/pack.ts AVERAGE FILE
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseHead } from '../../shared/safetensors.ts';
import { decodeSafetensors, floatTensors } from '../../src-main/export/index.ts';

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  process.stderr.write('usage: node scripts/starting/pack.ts AVERAGE FILE\n');
  process.exit(2);
}
const tensors = [...floatTensors(decodeSafetensors(readFileSync(from)).tensors)]
  .filter(([name]) => name.startsWith('backbone.'))
  .map(([name, tensor]) => ({ name: name.replace(/^backbone\./, ''), ...tensor }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

let offset = 0;
const entries = tensors.map(({ name, shape, data }) => [
  name,
  { dtype: 'F16', shape, data_offsets: [offset, (offset += 2 * data.length)] },
]);
const metadata = { format: 'pt', licence: 'MIT', origin: 'rendered pictures: scripts/starting' };
const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, 0x20);
head.writeBigUInt64LE(BigInt(head.length - 8));
json.copy(head, 8);
const bytes = Buffer.concat([
  head,
  ...tensors.map(({ name, data }) => {
    const half = Float16Array.from(data);
    if (!half.every(Number.isFinite)) throw new Error(`${name} does not fit half precision`);
    return Buffer.from(half.buffer);
  }),
]);
writeFileSync(to, bytes);
console.log(`${to}: ${parseHead(bytes, bytes.length).entries.length} tensors, ${(bytes.length / 1e6).toFixed(2)} MB`);
