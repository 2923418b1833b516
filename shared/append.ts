/** Adds any number of items to a list: as arguments of `push` some hundred thousand end in "Maximum call stack size exceeded". */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}
