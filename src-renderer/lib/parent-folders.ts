/** Paths of the folders that a folder is in, the nearest first, by '/' or by '\\'; those of '/photos/spain' are '/photos' and '/'. */
export function parentFolders(path: string): string[] {
  const parents: string[] = [];
  for (;;) {
    const last = parents.at(-1) ?? path.replace(/[\\/]+$/, '');
    const cut = Math.max(last.lastIndexOf('/'), last.lastIndexOf('\\'));
    // a root and a drive keep the sign that makes them one
    const parent =
      cut < 0 ? '' : cut === 0 || /^[A-Za-z]:$/.test(last.slice(0, cut)) ? last.slice(0, cut + 1) : last.slice(0, cut);
    if (parent === '' || parent === last) return parents;
    parents.push(parent);
  }
}
