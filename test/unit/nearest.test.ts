/** What a misspelt command or option was meant to be. */
import { expect, test } from 'vitest';
import { parseArguments } from '../../src-main/cli/command.ts';
import { meant } from '../../src-main/cli/nearest.ts';
import { commands } from '../../src-main/cli/run.ts';

const names = commands.map(({ name }) => name);

test.each([
  ['tarin', ['train']],
  ['trian', ['train', 'trial']],
  ['exprot', ['export']],
  ['neighbours', ['neighbors']],
  ['neigh', ['neighbors']],
  ['run', ['runs']],
  ['re', ['resume', 'relocate']],
  ['evaluate', []],
  ['x', []],
  ['photos', []],
])('%s is %j', (given, found) => {
  expect(meant(given, names)).toBe(found.length > 0 ? ` (did you mean ${found.join(' or ')}?)` : '');
});

test('an option that there is not is answered with the one that was meant, or with where the help is', () => {
  const said = (name: string, ...args: string[]) => {
    const command = commands.find((one) => one.name === name)!;
    try {
      parseArguments(command, args);
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  };
  expect(said('export', 'R', '--ot', 'x')).toBe(
    "there is no option --ot (did you mean --out?): see 'lookalike export --help'",
  );
  expect(said('export', 'R', '--colour=x')).toBe("there is no option --colour: see 'lookalike export --help'");
  expect(said('show', '-R')).toBe(
    "there is no option -R (what begins with a dash and is none goes behind --): see 'lookalike show --help'",
  );
  expect(said('runs', '--json=yes')).toBe("--json takes no value: see 'lookalike runs --help'");
});
