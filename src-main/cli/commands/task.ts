/** Waits for a task of the application, with its progress on stderr; the first Ctrl-C cancels it. Embedding is one. */
import type { Client } from '../../../shared/client.ts';
import { ContractError } from '../../../shared/contract/wire.ts';
import type { Run, Task } from '../../../shared/contract.ts';
import type { Context } from '../command.ts';
import { findCheckpoint } from '../find.ts';
import { duration } from '../output.ts';

/** The id of what the task made. `start` begins it. */
export async function runTask(
  client: Client,
  { output, signal }: Context,
  start: () => Promise<Task>,
): Promise<string> {
  const states = new Map<string, Task>();
  let id: string | null = null;
  let settle: (() => void) | null = null;
  let closed = false;
  let noticed: string | null = null;
  const isOver = () => id !== null && ['done', 'failed', 'cancelled'].includes(states.get(id)?.state ?? '');
  const off = client.on('task', ({ task }) => {
    states.set(task.id, task);
    if (task.id !== id) return;
    if (task.notice && task.notice.message !== noticed) output.note((noticed = task.notice.message));
    const left = task.etaSeconds === null ? '' : `, ${duration(task.etaSeconds)} left`;
    if (task.state === 'running') output.progress(`${task.message} ${Math.round(100 * task.progress)} %${left}`);
    if (isOver()) settle?.();
  });
  const cancel = () => {
    if (id !== null) client.call('tasks.cancel', { taskId: id }).catch(() => {}); // it may have ended in between
  };
  const stopListening = client.onConnection((connected) => {
    if (connected) return;
    closed = true;
    settle?.();
  });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const task = await start();
    id = task.id;
    if (!states.has(id)) states.set(id, task);
    if (signal.aborted) cancel(); // while it was being started
    if (!isOver() && !closed) await new Promise<void>((resolve) => (settle = resolve));
    const ended = states.get(id)!;
    if (ended.state === 'failed') throw new ContractError(ended.error!);
    if (ended.state === 'done') return ended.resultId ?? '';
    if (signal.aborted) throw signal.reason; // by this command's own Ctrl-C
    if (!isOver()) throw new Error('the application that was doing this was closed: give the command again');
    throw Object.assign(new Error(`${ended.message}: cancelled`), { code: 'cancelled' });
  } finally {
    off();
    stopListening();
    signal.removeEventListener('abort', cancel);
    output.clear();
  }
}

/** Embeds a run's folder by the checkpoint of an epoch, the latest where none is given; done at once where it was before. */
export async function embedded(
  client: Client,
  context: Context,
  runId: string,
  epoch: string | undefined,
): Promise<{ run: Run; embeddingSetId: string }> {
  const run = await client.call('runs.get', { runId });
  const checkpointId = findCheckpoint(run, epoch)?.id ?? null;
  const embeddingSetId = await runTask(client, context, () =>
    client.call('explore.embed', { runId, checkpointId, datasetId: null }),
  );
  return { run, embeddingSetId };
}
