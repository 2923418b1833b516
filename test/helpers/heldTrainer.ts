/**
 * The computing thread of a trainer that after HELD_AFTER steps says that it is paused and waits to be told to stop: so a
 * run of a few steps is stopped in the middle, however fast its steps and however late the word.
 */
import { parentPort } from 'node:worker_threads';
import type { Command, Report } from '../../shared/contract/report.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import { computeJobs } from '../../src-main/trainer/thread.ts';

const stopped = new Promise<void>((resolve) =>
  parentPort!.on('message', ({ type }: Command) => {
    if (type === 'stop') resolve();
  }),
);
let steps = 0;

computeJobs({
  ...onnxRuntime,
  async training(...given) {
    const session = await onnxRuntime.training(...given);
    const advance = session.advance.bind(session);
    session.advance = async (input) => {
      const known = await advance(input);
      if (++steps === Number(process.env['HELD_AFTER'])) {
        parentPort!.postMessage({ type: 'paused' } satisfies Report);
        await stopped;
      }
      return known;
    };
    return session;
  },
});
