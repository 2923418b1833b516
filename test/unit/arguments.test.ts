/** How the options of a command are read: what cannot be meant is refused in one sentence that names the option. */
import { expect, test } from 'vitest';
import { parseArguments, whole } from '../../src-main/cli/command.ts';
import type { Command } from '../../src-main/cli/command.ts';

const command: Command = {
  name: 'try',
  usage: 'FOLDER',
  summary: 'tries',
  help: '',
  positionals: [0, 2],
  options: {
    k: { value: 'N', short: 'k', help: '' },
    out: { value: 'DIR', help: '' },
    set: { value: 'KEY=VALUE', multiple: true, help: '' },
    plan: { help: '' },
  },
  run: async () => 0,
};
const parse = (...argv: string[]) => parseArguments(command, argv);

test('an option that takes one value is given once; a switch and what may be repeated are not minded', () => {
  expect(() => parse('--out', 'a', '--out', 'b')).toThrow('--out is given twice: write it once');
  expect(() => parse('--home', 'a', '--home=b')).toThrow('--home is given twice');
  expect(() => parse('-k', '3', '--k=3')).toThrow('--k is given twice');
  expect(parse('--set', 'a=1', '--set', 'b=2', '--plan', '--plan').list('set')).toEqual(['a=1', 'b=2']);
});

test('an empty argument, as of an unset variable, is not the current folder', () => {
  expect(() => parse('')).toThrow(/an argument is empty: see 'lookalike try --help'/);
  expect(() => parse('a', '')).toThrow(/an argument is empty/);
});

test('a whole number is written in decimal digits, and its bounds are told by the name of its option', () => {
  for (const wrong of ['-1', 'NaN', 'Infinity', '0x10', '1.5', '+5', 'x', ' ', '0', '5 6', '1e-3'])
    expect(() => parse(`--k=${wrong}`).integer('k', 1, 500), wrong).toThrow(
      `--k ${wrong}: give a whole number of at least 1`,
    );
  expect(() => parse('-k', '501').integer('k', 1, 500)).toThrow('--k 501: at most 500');
  expect(() => parse('-k', '1e99').integer('k', 1)).toThrow('--k 1e99: at most 9,007,199,254,740,991');
  expect(parse('-k', '1e2').integer('k', 1, 500)).toBe(100);
  expect(parse().integer('k', 1)).toBeUndefined();
  expect(['7', '0x7', '', '1e3'].map(whole)).toEqual([7, NaN, NaN, 1000]);
});

test('an option that this form of the command does not heed is refused, not passed over', () => {
  const args = parse('--out', 'a', '--plan');
  expect(() => args.only(['k'], false, '--plan')).not.toThrow();
  expect(() => args.only(['k', 'out'], true, '--plan')).not.toThrow();
  expect(() => args.only(['k', 'out'], false, '--other')).toThrow(/^--out goes with --other only: leave it out/);
});
