/** propose.ts in a thread of its own, which can be ended. */
import { programAt } from '../../files/program.ts';
import { askThread } from '../../files/thread.ts';
import type { ProposeJob, Proposals } from './propose.ts';
import type { ProposeReply } from './proposeWorker.ts';

/** Rejects with the signal's reason. */
export function proposed(
  job: ProposeJob,
  { signal, onProgress }: { signal: AbortSignal; onProgress(share: number): void },
): Promise<Proposals> {
  return askThread<ProposeReply, Proposals>(programAt('./proposeWorker', import.meta.url), job, {
    what: 'the thread that compares sketches',
    hear: (reply, answer) => ('progress' in reply ? onProgress(reply.progress) : answer(reply.result)),
    signal,
  });
}
