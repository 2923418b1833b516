/** What is wrong with a field, in the words of the window. */
import { expect, it } from 'vitest';
import { faultOf } from '../../../src-renderer/lib/validity.ts';

const none = { rangeUnderflow: false, rangeOverflow: false, stepMismatch: false };

it('names the range that a field has, or what is missing', () => {
  const both = { min: '2', max: '50' };
  const range = { key: 'field.between', values: { min: 2, max: 50 } };
  expect(faultOf({ ...none, rangeOverflow: true }, both)).toEqual(range);
  expect(faultOf({ ...none, rangeUnderflow: true }, both)).toEqual(range);
  expect(faultOf({ ...none, rangeUnderflow: true }, { min: '1', max: '' }).key).toBe('field.least');
  expect(faultOf({ ...none, rangeOverflow: true }, { min: '', max: '9' }).key).toBe('field.most');
  expect(faultOf({ ...none, stepMismatch: true }, both).key).toBe('field.whole');
  expect(faultOf({ ...none, stepMismatch: true }, { ...both, step: '0.5' })).toEqual({
    key: 'field.steps',
    values: { step: 0.5 },
  });
  expect(faultOf(none, both)).toEqual({ key: 'field.missing', values: {} });
});
