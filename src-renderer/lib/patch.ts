/** Settings by dotted path ('augment.flip'): reading, changing a copy, and dotted advice as a nested patch. */
export type Patch = Record<string, unknown>;

const isObject = (x: unknown): x is Patch => typeof x === 'object' && x !== null && !Array.isArray(x);

export function getAt(object: unknown, path: string): unknown {
  let value = object;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** A copy with `value` at `path`; undefined takes the setting out, and sections left empty with it. */
export function setAt(object: Patch, path: string, value: unknown): Patch {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const copy = { ...object };
  if (rest.length) {
    const inner = setAt(isObject(copy[key]) ? copy[key] : {}, rest.join('.'), value);
    if (Object.keys(inner).length) copy[key] = inner;
    else delete copy[key];
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** { 'optimizer.momentum': 0.8 } as { optimizer: { momentum: 0.8 } }. */
export const nest = (dotted: Readonly<Patch>): Patch =>
  Object.entries(dotted).reduce<Patch>((patch, [path, value]) => setAt(patch, path, value), {});

/** What of `config` differs from `base`, as a nested patch: a run's settings as changes to the defaults. */
export function difference(config: Readonly<Patch>, base: Readonly<Patch>): Patch {
  const out: Patch = {};
  for (const [key, value] of Object.entries(config)) {
    const other = base[key];
    if (isObject(value) && isObject(other)) {
      const inner = difference(value, other);
      if (Object.keys(inner).length) out[key] = inner;
    } else if (JSON.stringify(value) !== JSON.stringify(other)) out[key] = value;
  }
  return out;
}

/** Changed settings as [dotted path, value]. */
export function flatten(patch: Readonly<Patch>, prefix = ''): [string, unknown][] {
  return Object.entries(patch).flatMap(([key, value]) =>
    isObject(value) ? flatten(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value] as [string, unknown]],
  );
}
