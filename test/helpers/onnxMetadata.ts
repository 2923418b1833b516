/** The metadata of an ONNX file by its protocol buffer alone: field 14 of the model, entries of a key (1) and a value (2). */

/** [field, bytes of its value] of a message; numbers are passed over. */
function* fields(bytes: Buffer): Generator<[number, Buffer]> {
  let at = 0;
  const number = (): number => {
    let [value, shift] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const kind = tag & 7;
    if (kind === 0) number();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const length = number();
      yield [tag >> 3, bytes.subarray(at, (at += length))];
    }
  }
}

export function metadataOf(model: Buffer): Map<string, string> {
  const out = new Map<string, string>();
  for (const [field, entry] of fields(model)) {
    if (field !== 14) continue;
    const { 1: key = '', 2: value = '' } = Object.fromEntries(
      [...fields(entry)].map(([n, bytes]) => [n, bytes.toString()]),
    );
    out.set(key, value);
  }
  return out;
}
