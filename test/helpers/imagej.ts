/** What ImageJ keeps in tags of its own. */

/** Labels of planes and the brightest colours of tables, as ImageJ writes them. */
export function imagej(labels: readonly string[], colours: readonly (readonly number[])[], big = false) {
  const texts = labels.map((label) => (big ? Buffer.from(label, 'utf16le').swap16() : Buffer.from(label, 'utf16le')));
  const tables = colours.map((colour) =>
    Buffer.from(colour.flatMap((most) => Array.from({ length: 256 }, (_, i) => Math.round((i * most) / 255)))),
  );
  const kind = (name: string) => (big ? name : [...name].reverse().join(''));
  const head = Buffer.from(`${kind('IJIJ')}${kind('labl')}....${kind('luts')}....`, 'latin1');
  const write = (value: number, at: number) => (big ? head.writeUInt32BE(value, at) : head.writeUInt32LE(value, at));
  write(texts.length, 8);
  write(tables.length, 16);
  const blocks = [head, ...texts, ...tables];
  return { lengths: blocks.map(({ length }) => length), bytes: Buffer.concat(blocks) };
}
