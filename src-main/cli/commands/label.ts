/** `label`: labels, groups and sides of a folder's photos from a CSV, without a window. */
import { csvHows } from '../../../shared/contract.ts';
import type { AppResult, CsvColumns } from '../../../shared/contract.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError } from '../command.ts';
import type { Arguments, Command } from '../command.ts';
import { readCsvFile } from '../csvFile.ts';
import { findFolder } from '../find.ts';
import { oneLine } from '../output.ts';
import { withSession } from '../session.ts';

const kinds = ['file', 'label', 'group', 'split'] as const;
const hows = {
  path: 'by path',
  name: 'by name alone',
  absolute: 'by a longer path',
  case: 'in other case',
  ending: 'without the ending',
};

export const label: Command = {
  name: 'label',
  usage: 'FOLDER CSV [--file COLUMN] [--label COLUMN] [--group COLUMN] [--split COLUMN] [--dry-run]',
  summary: 'take labels, groups and the split of a folder from a CSV',
  positionals: [2, 2],
  options: {
    file: { value: 'COLUMN', help: 'the column of files: its name, or its number from 1' },
    label: { value: 'COLUMN', help: "that of labels; 'none': there is none" },
    group: { value: 'COLUMN', help: 'that of what photos belong to: a patient, a well' },
    split: { value: 'COLUMN', help: 'that of train, val and test' },
    'dry-run': { help: 'say what would match, and change nothing' },
  },
  help: `FOLDER is a folder of the library: its path, name or id. Columns are known by their names (file, label, group,
split and their like) where these are not given. Files may be paths inside the folder, absolute paths of this computer or of
another, names that one photo has, in other case or without their ending. It says what matched, and what did not.

  lookalike label plates plates.csv
  lookalike label scans scans.csv --label finding --group patient --dry-run`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const [named, source] = args.positionals as [string, string];
      const { id: datasetId, labels } = await findFolder(client, named);
      const csv = await readCsvFile(source);
      const guessed = await client.call('library.readCsv', { datasetId, csv });
      const columns = columnsOf(args, guessed);
      const { report, header } = await client.call('library.readCsv', { datasetId, csv, columns });
      const isTried = args.on('dry-run');
      if (!isTried)
        await client.call('library.setLabels', { datasetId, source: 'csv', depth: labels.depth, csv, columns });
      const name = (at: number | null) => (at === null ? null : (header[at] ?? String(at + 1)));
      context.output.json({
        columns: Object.fromEntries(kinds.map((kind) => [kind, name(columns[kind])])),
        taken: !isTried,
        ...report,
      });
      const { output } = context;
      output.print(`columns: ${kinds.map((kind) => `${kind} ${oneLine(name(columns[kind]) ?? 'none')}`).join(', ')}`);
      output.print(
        `${counted(report.matched, 'photo')} matched by ${counted(report.rows, 'line')}: ${report.labelled} with a label, ${report.grouped} in a group, ${report.test} held out`,
      );
      const found = csvHows.filter((how) => report.how[how] > 0).map((how) => `${report.how[how]} ${hows[how]}`);
      if (found.length > 0) output.print(`matched ${found.join(', ')}`);
      output.print(
        `${counted(report.withoutPhoto.count, 'line names', 'lines name')} no photo; ${counted(report.withoutRow.count, 'photo has', 'photos have')} no line`,
      );
      const { count, some } = report.contradicted;
      if (count > 0)
        output.print(
          `${counted(count, 'photo has lines that say different things', 'photos have lines that say different things')}, of which the last counts, such as ${oneLine(some[0]!)}`,
        );
      for (const file of report.withoutPhoto.some) output.note(`no photo ${oneLine(file)}`);
      return 0;
    }),
};

/** @throws UsageError naming a column that is not there */
function columnsOf(args: Arguments, { header, examples, columns }: AppResult<'library.readCsv'>): CsvColumns {
  // a first line of names that are not the usual ones was taken for a photo
  const names = columns.header ? header : (examples[0] ?? header);
  let isNamed = columns.header;
  const at = (kind: (typeof kinds)[number]): number | null => {
    const wanted = args.text(kind);
    if (wanted === undefined) return columns[kind];
    if (wanted === 'none') return null;
    const named = names.findIndex((one) => one.trim().toLowerCase() === wanted.trim().toLowerCase());
    const number = Number(wanted) - 1;
    if (named >= 0) {
      isNamed = true;
      return named;
    }
    if (Number.isInteger(number) && number >= 0 && number < names.length) return number;
    throw new UsageError(`--${kind} ${wanted}: there is no such column; there are ${names.join(', ')}`);
  };
  const file = at('file');
  if (file === null) throw new UsageError('--file none: without files no line means a photo');
  const [label, group, split] = [at('label'), at('group'), at('split')];
  return { file, label, group, split, header: isNamed };
}
