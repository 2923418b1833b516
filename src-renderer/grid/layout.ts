/** Where the tiles of a virtual grid are: pure arithmetic, from the width of the grid and how far it is scrolled. */
export interface GridLayout {
  columns: number;
  /** Side of a tile in px; tiles fill the width. */
  tile: number;
  rows: number;
  /** Height of all rows in px. */
  height: number;
}

export function gridLayout({
  width,
  count,
  wanted,
  gap,
  caption,
}: {
  width: number;
  count: number;
  wanted: number;
  gap: number;
  caption: number;
}): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const tile = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  const rows = Math.ceil(count / columns);
  return { columns, tile, rows, height: Math.max(0, rows * (tile + caption + gap) - gap) };
}

/** First and last index to render: what is seen and `over` screens above and below it. */
export function visibleRange({
  layout,
  count,
  gap,
  caption,
  top,
  height,
  over,
}: {
  layout: GridLayout;
  count: number;
  gap: number;
  caption: number;
  top: number;
  height: number;
  over: number;
}): Range {
  const step = layout.tile + caption + gap;
  const firstRow = Math.max(0, Math.floor((top - height * over) / step));
  const lastRow = Math.min(layout.rows - 1, Math.floor((top + height * (1 + over)) / step));
  return { first: firstRow * layout.columns, last: Math.min(count, (lastRow + 1) * layout.columns) - 1 };
}

export interface Range {
  first: number;
  last: number;
}

/**
 * The tiles to make next on the way to `wanted`: all on screen, those `made` before that are still wanted, and up to
 * `more` beyond them on either side. A gap between what was made and what is on screen is not bridged.
 */
export function growTowards(wanted: Range, onScreen: Range, made: Range, more: number): Range {
  const joined = made.last >= made.first && made.first <= onScreen.last + 1 && made.last >= onScreen.first - 1;
  const first = joined ? Math.min(made.first, onScreen.first) : onScreen.first;
  const last = joined ? Math.max(made.last, onScreen.last) : onScreen.last;
  return { first: Math.max(wanted.first, first - more), last: Math.min(wanted.last, last + more) };
}

/** The index an arrow, Home, End or page key leads to; null where the key means nothing here. */
export function moveTo(
  key: string,
  index: number,
  { columns, count, page }: { columns: number; count: number; page: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    PageUp: index - page * columns,
    PageDown: index + page * columns,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  if (to === undefined || count === 0) return null;
  if ((key === 'ArrowUp' && to < 0) || (key === 'ArrowDown' && to > count - 1)) return index;
  return Math.max(0, Math.min(count - 1, to));
}
