/** `weights`: known weights that a run can start from, and fetching one from its publisher. */
import { knownWeights } from '../../../shared/knownWeights.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';

const withAddress = knownWeights.filter(({ address }) => address !== null);

export const weights: Command = {
  name: 'weights',
  usage: '[ID]',
  summary: 'list known weights to start from, or fetch one',
  positionals: [0, 1],
  options: {},
  help: `Without ID lists them with licence and page; fetch what has no id to give here from its page yourself. With an ID
the file is fetched from its publisher, the one connection that this command opens, into the home; it goes on where it
was interrupted, its SHA-256 is checked, and where it lies is printed, for --init. Nothing is sent but the request.

  lookalike weights
  lookalike weights torchvision-resnet18
  lookalike train ~/Pictures --init "$(lookalike weights torchvision-resnet18)"`,
  run: (args, context) => {
    const { output } = context;
    const [id] = args.positionals;
    if (id !== undefined && !withAddress.some((one) => one.id === id))
      throw new UsageError(`weights ${id}: choose from ${withAddress.map((one) => one.id).join(', ')}`);
    return withSession(context, async ({ client }) => {
      if (id !== undefined) {
        const file = await runTask(client, context, () => client.call('weights.fetch', { id }));
        output.json({ id, file });
        output.print(file);
        return 0;
      }
      const kept = new Map((await client.call('weights.kept', null)).map((one) => [one.id, one.file]));
      output.json(knownWeights.map((one) => ({ ...one, kept: kept.get(one.id) ?? null })));
      for (const { id: each, name, page, licence, megabytes, address } of knownWeights) {
        const size = megabytes === null ? '' : `, about ${megabytes} MB`;
        const here = kept.get(each);
        output.print(`${name}${size}: ${licence}`);
        output.print(`  ${here ?? (address === null ? page : `lookalike weights ${each}, or ${page}`)}`);
      }
      return 0;
    });
  },
};
