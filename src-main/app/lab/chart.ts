/**
 * Line charts as SVG text, for a report that stands alone: axes with round ticks, a line for each arm told apart by
 * colour and dash, colours through CSS variables so that both themes suit. What is drawn is report's choice.
 */

export interface ChartLine {
  label: string;
  /** Which colour and dash: --arm-0 to --arm-9. */
  index: number;
  points: readonly { x: number; y: number }[];
}

export interface ChartOptions {
  /** What a screen reader says. */
  title: string;
  xLabel: string;
  /** Writes a value of the y axis. */
  yText(value: number): string;
  xText(value: number): string;
  /** Always inside the y axis. */
  include?: readonly number[];
  /** A horizontal line to read the curves against. */
  rule?: { y: number; label: string };
}

const width = 720;
const height = 260;
const margin = { top: 12, right: 12, bottom: 34, left: 56 };

/** For --arm-0 to --arm-9: with colours alone ten lines are not told apart by everyone. */
const dashes = ['', '7 3', '2 3', '9 3 2 3', '5 2 1 2 1 2', '12 4', '3 6', '10 2 4 2', '1 4', '6 6'];

export const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character]!,
  );

/** Round numbers over [least, most]: steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function ticks(least: number, most: number, count = 5): number[] {
  const span = most - least || Math.abs(most) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const number = (value: number): string => String(Math.round(value * 10) / 10);

/** One SVG element; lines without a finite point are left out. */
export function lineChart(lines: readonly ChartLine[], options: ChartOptions): string {
  const drawn = lines
    .map((line) => ({ ...line, points: line.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const ys = [...all.map(({ y }) => y), ...(options.include ?? [])];
  const yTicks = ticks(
    ys.reduce((a, b) => Math.min(a, b), Infinity),
    ys.reduce((a, b) => Math.max(a, b), -Infinity),
  );
  const xMost = all.reduce((most, { x }) => Math.max(most, x), 0) || 1;
  const xTicks = ticks(0, xMost, 8).filter((x) => x <= xMost * 1.0001);
  const [low, high] = [yTicks[0]!, yTicks.at(-1)!];
  const x = (value: number) => margin.left + (value / xMost) * (width - margin.left - margin.right);
  const y = (value: number) => margin.top + ((high - value) / (high - low)) * (height - margin.top - margin.bottom);
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const text = (className: string, at: [number, number], content: string) =>
    `<text class="${className}" x="${number(at[0])}" y="${number(at[1])}">${escapeHtml(content)}</text>`;
  const grid = yTicks.map(
    (tick) =>
      `<line class="grid" x1="${margin.left}" x2="${right}" y1="${number(y(tick))}" y2="${number(y(tick))}"/>${text('y', [margin.left - 8, y(tick) + 4], options.yText(tick))}`,
  );
  const bottoms = xTicks.map((tick) => text('x', [x(tick), bottom + 16], options.xText(tick)));
  const curves = drawn.map(({ index, label, points }) => {
    const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${number(x(point.x))} ${number(y(point.y))}`).join('');
    const dash = dashes[index % dashes.length];
    return `<path class="curve" style="stroke:var(--arm-${index % dashes.length})"${dash ? ` stroke-dasharray="${dash}"` : ''} d="${path}"><title>${escapeHtml(label)}</title></path>`;
  });
  const rule =
    options.rule && options.rule.y >= low && options.rule.y <= high
      ? `<line class="rule" x1="${margin.left}" x2="${right}" y1="${number(y(options.rule.y))}" y2="${number(y(options.rule.y))}"/>${text('ruled', [margin.left + 4, y(options.rule.y) - 5], options.rule.label)}`
      : '';
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(options.title)}">`,
    ...grid,
    ...bottoms,
    text('axis', [right, bottom + 31], options.xLabel),
    rule,
    ...curves,
    '</svg>',
  ].join('');
}

/** The same colour and dash as in the charts, for a legend. */
export const lineSample = (index: number): string => {
  const dash = dashes[index % dashes.length];
  return `<svg class="sample" viewBox="0 0 28 8" aria-hidden="true"><line x1="0" x2="28" y1="4" y2="4" style="stroke:var(--arm-${index % dashes.length})"${dash ? ` stroke-dasharray="${dash}"` : ''}/></svg>`;
};
