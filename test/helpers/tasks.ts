/** Waits for tasks of an application, for the tests that go on with what one made. */
import { setTimeout } from 'node:timers/promises';
import type { Task } from '../../shared/contract.ts';
import type { App } from '../../src-main/app/index.ts';

/** The task in its last state. */
export async function taskEnd(app: App, { id }: Task): Promise<Task> {
  for (;;) {
    const task = (await app.handle('tasks.list', null)).find((one) => one.id === id)!;
    if (!['queued', 'running'].includes(task.state)) return task;
    await setTimeout(20);
  }
}

/** The id of what the task made. @throws what it failed with */
export async function taskResult(app: App, begun: Task): Promise<string> {
  const { error, resultId } = await taskEnd(app, begun);
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  return resultId!;
}
