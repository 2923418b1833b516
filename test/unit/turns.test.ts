/** However many lists are asked for, a quick call waits for some milliseconds of them; who asks for the same waits together. */
import { expect, it } from 'vitest';
import { Turns } from '../../src-main/app/turns.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('makes so many in each turn of the event loop as its milliseconds allow', async () => {
  const turns = new Turns(Infinity);
  const done: string[] = [];
  for (const name of ['a', 'b', 'c']) void turns.take(name, () => done.push(name));
  expect(done).toEqual([]);
  await turn();
  expect(done).toEqual(['a', 'b', 'c']);
});

it('makes one at least in each turn of the event loop, in their order, and between two what has come meanwhile', async () => {
  const turns = new Turns(0);
  const done: string[] = [];
  const lists = ['a', 'b', 'c'].map((name) => turns.take(name, () => done.push(name)));
  done.push('quick');
  await turn();
  expect(done).toEqual(['quick', 'a']);
  done.push('quick');
  await Promise.all(lists);
  expect(done).toEqual(['quick', 'a', 'quick', 'b', 'c']);
});

it('answers those that wait for the same at once, and who asks later anew', async () => {
  const turns = new Turns();
  let made = 0;
  const make = () => ++made;
  expect(await Promise.all([turns.take('list', make), turns.take('other', make), turns.take('list', make)])).toEqual([
    1, 2, 1,
  ]);
  expect(await turns.take('list', make)).toBe(3);
});

it('goes on after one that fails', async () => {
  const turns = new Turns();
  const bad = turns.take('bad', () => {
    throw new Error('no such run');
  });
  const good = turns.take('good', () => 'answer');
  await expect(bad).rejects.toThrow('no such run');
  expect(await good).toBe('answer');
});
