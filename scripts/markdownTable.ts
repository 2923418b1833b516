/** Tables of Markdown, as scripts write them into docs/. */
type Cells = readonly (string | number)[];

const row = (cells: Cells): string => `| ${cells.join(' | ')} |`;

export const markdownTable = (head: readonly string[], rows: readonly Cells[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
