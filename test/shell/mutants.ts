/**
 * A process that runs the shell's tests in a copy of the sources as often as it is told which files have changed: one
 * Vitest for all of them, which compiles again what changed and nothing else. Ends with its parent.
 */
import { createVitest } from 'vitest/node';
import type { TestCase } from 'vitest/node';

export interface Outcome {
  /** Tests that were run or would have been. */
  total: number;
  failures: string[];
  /** What went wrong outside of tests: a file that cannot be loaded. */
  errors: string[];
}

const copy = process.argv[2]!;
const vitest = await createVitest('test', {
  root: copy,
  watch: false,
  fileParallelism: false,
  bail: 1,
  reporters: [{}],
});
await vitest.standalone();
const names = ['policy', 'decisions', 'menu', 'preload', 'shell', 'pageMessages', 'people'];
const tests = await vitest.globTestSpecifications(names.map((name) => `test/shell/${name}.test.ts`));

process.on('message', (changed: string[]) => {
  for (const file of changed) vitest.invalidateFile(file);
  void vitest.runTestSpecifications(tests).then(({ testModules, unhandledErrors }) => {
    const cases: TestCase[] = testModules.flatMap((module) => [...module.children.allTests()]);
    const outcome: Outcome = {
      total: cases.length,
      failures: cases.flatMap((test) => (test.result().state === 'failed' ? [test.fullName] : [])),
      errors: [...testModules.flatMap((module) => module.errors()), ...unhandledErrors].map((error) =>
        error instanceof Object && 'message' in error ? String(error.message) : String(error),
      ),
    };
    process.send!(outcome);
  });
});
process.on('disconnect', () => process.exit());
process.send!('ready');
