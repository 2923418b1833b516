/** Ids as bytes, and answers with arrays as frames. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameOf, lineOf, messageOf } from '../../shared/frames.ts';
import { IdList } from '../../shared/idList.ts';
import type { Message } from '../../shared/contract.ts';

const id = fc.oneof(
  fc.nat(400).map((n) => `folder-${n.toString(32)}`),
  fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/\0/.test(text) && text.isWellFormed()),
);

test('a list of ids is what it was made of, however it came about', () => {
  fc.assert(
    fc.property(fc.array(id), fc.nat(50), id, (ids, at, other) => {
      const list = IdList.read(IdList.of(ids).bytes);
      expect([...list]).toEqual(ids);
      for (const each of [...ids, other]) expect(list.rowOf(each)).toBe(ids.indexOf(each));
      expect(list.isUnique).toBe(new Set(ids).size === ids.length);
      expect([...IdList.joined([IdList.of(ids.slice(0, at)), IdList.of([]), IdList.of(ids.slice(at))])]).toEqual(ids);
      const rows = ids.map((_, row) => (row * 7) % ids.length);
      expect([...list.some(rows)]).toEqual(rows.map((row) => ids[row]));
    }),
  );
});

test('the table of many ids is made in pieces, and is the same', async () => {
  const ids = Array.from({ length: 60_000 }, (_, i) => `f-${(i * 7919).toString(32)}`);
  let pauses = 0;
  const list = await IdList.of(ids).prepare(() => Promise.resolve(pauses++));
  expect(pauses).toBe(3);
  expect(list.table()).toEqual(IdList.of(ids).table());
  expect(list.rowOf(ids[59_999]!)).toBe(59_999);
  expect(list.rowOf('f-none')).toBe(-1);
});

test('an answer comes back as it went, as a frame and as a line', () => {
  const arrays = {
    ids: Uint8Array.of(1, 2, 3),
    places: new Float32Array([1.5, -2]).subarray(1),
    none: new Int32Array(),
    names: ['ä', 'b'],
    shared: new Int32Array(new SharedArrayBuffer(8)),
  };
  const answers: unknown[] = [arrays, Uint8Array.of(9), { a: 1 }, [1, 2], 'text', null];
  for (const result of answers) {
    const message: Message = { type: 'response', id: 4, result };
    const frame = frameOf(message);
    const arrived = typeof frame === 'string' ? messageOf(frame) : messageOf(frame.buffer);
    expect(arrived).toEqual(message);
    expect(messageOf(lineOf(message))).toEqual(message);
  }
  expect(typeof frameOf({ type: 'response', id: 1, result: answers[0] })).toBe('object');
});

test('what is no message is none', () => {
  for (const frame of ['', '[]', 'null', '{"a":1}', new ArrayBuffer(0), new ArrayBuffer(64)])
    expect(messageOf(frame)).toBe(null);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => messageOf(bytes.slice().buffer) === null));
});
