/** Waits for what an application does by itself, for the tests that go on with what it made. */
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

/** Adds a folder to the library and answers its id once it is listed; its photos are not read yet. */
export async function listedFolder(app: App, folder: string): Promise<string> {
  const { id: datasetId } = await app.handle('library.add', { folder, read: false });
  await app.handle('runs.plan', { datasetId, preset: 'quick', patch: {} }); // waits for the listing
  return datasetId;
}
