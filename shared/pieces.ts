/** Calls over as many photos as there are: a call takes some, and a million are asked for a part at a time. */

/** Photos that one call takes: their ids are read in some tens of milliseconds. */
export const AT_ONCE = 50_000;

/** What a call answers of all photos; it is asked at least once. */
export async function inPieces<T>(
  imageIds: readonly string[],
  ask: (some: string[]) => Promise<readonly T[]>,
  atOnce = AT_ONCE,
): Promise<T[]> {
  const out: T[] = [];
  let from = 0;
  do {
    for (const each of await ask(imageIds.slice(from, from + atOnce))) out.push(each);
    from += atOnce;
  } while (from < imageIds.length);
  return out;
}
