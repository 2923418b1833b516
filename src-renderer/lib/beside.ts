/** The photo before or after one in a list; itself at either end, and where the list does not have it. */
export function besideIn(list: readonly string[], imageId: string, step: -1 | 1): string {
  const at = list.indexOf(imageId);
  return at < 0 ? imageId : (list[at + step] ?? imageId);
}
