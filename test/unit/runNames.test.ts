/** Runs that settings name as commands do. */
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import { given } from '../../shared/naming.ts';
import { reason } from '../../shared/reason.ts';
import { withRunIds } from '../../src-main/cli/commands/train.ts';

const runs = [
  { id: '4f0k2m1a', name: 'first try' },
  { id: '9q0kccc1', name: 'second' },
  { id: '77abcdef', name: 'gulls @ sea' },
  {
    id: '80abcdef',
    ...given(reason('given.numbered', { name: reason('given.chosen', { count: 1200 }), number: '2' })),
  },
];
const client = { call: () => Promise.resolve(runs) } as unknown as Client;

test('a run to start from or to learn from is found by its name, the beginning of its id, or the id', async () => {
  const patch = { backbone: { init: 'run:first try@c7', width: 0.5 }, teacher: { from: 'run:9q0', weight: 2 } };
  expect(await withRunIds(client, patch)).toEqual({
    backbone: { init: 'run:4f0k2m1a@c7', width: 0.5 },
    teacher: { from: 'run:9q0kccc1', weight: 2 },
  });
  expect(await withRunIds(client, { backbone: { init: 'random' } })).toEqual({ backbone: { init: 'random' } });
  expect(await withRunIds(client, { backbone: { init: 'run:gulls @ sea' } })).toEqual({
    backbone: { init: 'run:77abcdef' },
  });
  for (const name of ['1,200 chosen photos 2', '所选 1,200 张照片 2'])
    // as any window shows it
    expect(await withRunIds(client, { teacher: { from: `run:${name}` } })).toEqual({
      teacher: { from: 'run:80abcdef' },
    });
  await expect(withRunIds(client, { teacher: { from: 'run:third' } })).rejects.toThrow("there is no run 'third'");
});
