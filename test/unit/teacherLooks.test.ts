/** Looks at a teacher that are kept for as long as the application is open. */
import { expect, it } from 'vitest';
import { reason } from '../../shared/reason.ts';
import { TeacherLooks } from '../../src-main/app/runs/teacherLooks.ts';
import type { Looked } from '../../src-main/app/runs/teacherLooks.ts';

const look = { dimensions: 8, secondsPerPhoto: 0.1, licence: '', origin: '' };
const refusal = { refusal: reason('cannot-start.no-teacher-file', { file: 'x.onnx' }) };

function asker(...answers: Looked[]) {
  let asked = 0;
  const ask = () => Promise.resolve(answers[asked++]!);
  return { ask, count: () => asked };
}

it('looks at a teacher once, and at another or in another application anew', async () => {
  const { ask, count } = asker(look, look, look);
  const looks = new TeacherLooks();
  expect(await Promise.all([looks.take('a', ask), looks.take('a', ask)])).toEqual([look, look]);
  expect(await looks.take('a', ask)).toBe(look);
  expect(count()).toBe(1);
  await looks.take('b', ask);
  await new TeacherLooks().take('b', ask);
  expect(count()).toBe(3);
});

it('asks again after a look that was refused or failed', async () => {
  const { ask, count } = asker(refusal, look);
  const looks = new TeacherLooks();
  expect(await looks.take('a', ask)).toBe(refusal);
  expect(await looks.take('a', ask)).toBe(look);
  expect(count()).toBe(2);
  await expect(looks.take('b', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await looks.take('b', asker(look).ask)).toBe(look);
});
