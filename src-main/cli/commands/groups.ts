/** `group`: which photos of a folder belong together, without a window. */
import { groupings } from '../../../shared/contract.ts';
import type { Grouping } from '../../../shared/contract.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { findFolder } from '../find.ts';
import { withSession } from '../session.ts';

/** What to look at where a rule finds nothing. */
const without: Record<Exclude<Grouping['by'], 'none'>, string> = {
  bursts: 'none of one camera were taken within three seconds, or their files do not say when',
  names: 'the names of none differ in their last number alone',
  pattern: 'compare the pattern with the paths of photos inside the folder',
  csv: "'lookalike label FOLDER CSV --group COLUMN' says what does",
};

export const group: Command = {
  name: 'group',
  usage: 'FOLDER [--by bursts|names|pattern|csv|none] [--pattern PATTERN] [--split-folders yes|no]',
  summary: 'say which photos belong together, so that no split cuts them apart',
  positionals: [1, 1],
  options: {
    by: { value: 'RULE', help: `${groupings.join(', ')}` },
    pattern: { value: 'PATTERN', help: 'the part of a path that photos of one group share' },
    'split-folders': { value: 'yes|no', help: 'whether folders named train, val and test are a split' },
  },
  help: `FOLDER is a folder of the library: its path, name or id. By bursts, photos that one camera
took within three seconds of each other; by names, the frames of a sequence are a group: files whose
names differ in their last number. In a pattern {well} (or any word) stands for what a group shares, * for anything within a
name, ** for any folders; between slashes it is a regular expression whose parentheses count. A held-out share takes a
group whole, and none of it votes for another of it. Without options it says how it is.

  lookalike group scans --pattern '{patient}/**'
  lookalike group plates --pattern '{well}_s*_w*.tif'`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const { id: datasetId } = await findFolder(client, args.positionals[0]!);
      const pattern = args.text('pattern');
      const by = groupings.find((one) => one === (args.text('by') ?? (pattern === undefined ? undefined : 'pattern')));
      if (args.text('by') !== undefined && !by)
        throw new UsageError(`--by ${args.text('by')}: choose from ${groupings.join(', ')}`);
      if (by === 'pattern' && pattern === undefined)
        throw new UsageError("--by pattern needs --pattern, such as '{well}_s*.tif'");
      if (by !== 'pattern' && pattern !== undefined)
        throw new UsageError(`--by ${by} takes no pattern: leave out --by or --pattern`);
      const split = args.text('split-folders');
      if (split !== undefined && split !== 'yes' && split !== 'no')
        throw new UsageError(`--split-folders ${split}: say yes or no`);
      if (by) await client.call('library.setGroups', { datasetId, by, pattern: pattern ?? '' });
      if (split !== undefined) await client.call('library.setSplitFolders', { datasetId, on: split === 'yes' });
      const { images, groups, splitFolders } = await client.call('library.get', { datasetId });
      const { rule, count, largest, photos } = groups;
      context.output.json({ ...rule, groups: count, largest, photos, images, splitFolders });
      context.output.print(
        rule.by === 'none'
          ? 'no photos are said to belong together'
          : `by ${rule.by === 'pattern' ? `the pattern ${rule.pattern}` : rule.by}: ${counted(count, 'group')} of ${photos} of ${counted(images, 'photo')}, the largest of ${largest}`,
      );
      if (rule.by !== 'none' && count === 0) context.output.print(`no two photos belong together: ${without[rule.by]}`);
      if (largest > images / 2)
        context.output.print(
          'more than half of the photos are of one group: it cannot be divided into training and test',
        );
      return 0;
    }),
};
