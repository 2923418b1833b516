/** Which colour of the map (map/colors.ts) a class has: the one it had before, whatever classes come and go beside it. */
import type { Memory } from '../state/memory.ts';

/** Colours that are told apart well, and classes of a folder that are remembered. */
const TOLD_APART = 12;
const MOST = 200;

function remembered(memory: Memory, key: string): Map<string, number> {
  try {
    const known = Object.entries(JSON.parse(memory.get(key) ?? '{}') as Record<string, unknown>);
    return new Map(known.filter((entry): entry is [string, number] => Number.isInteger(entry[1])));
  } catch {
    return new Map();
  }
}

/** The first number from 0 on that is not among them. */
function firstFree(taken: ReadonlySet<number>): number {
  for (let shade = 0; ; shade++) if (!taken.has(shade)) return shade;
}

/**
 * The colour of each class of a folder. A new one takes the first that none had, and where all that are told apart well
 * were taken, one whose class is gone. Of very many classes each has its number.
 */
export function classShades(memory: Memory, folder: string, classes: readonly string[]): number[] {
  if (classes.length > MOST) return classes.map((_, i) => i);
  const key = `shades.${folder}`;
  const known = remembered(memory, key);
  const fresh = classes.filter((name) => !known.has(name));
  const used = new Set(classes.flatMap((name) => known.get(name) ?? []));
  for (const name of fresh) {
    const unheard = firstFree(new Set(known.values()));
    const shade = unheard < TOLD_APART ? unheard : firstFree(used);
    for (const [gone, had] of known) if (had === shade) known.delete(gone);
    known.set(name, shade);
    used.add(shade);
  }
  if (fresh.length) memory.set(key, JSON.stringify(Object.fromEntries([...known].slice(-MOST))));
  return classes.map((name) => known.get(name)!);
}
