/** The states that runs, experiments of the Lab and tasks have in common: under way, or ended. */

const underWay: ReadonlySet<string> = new Set(['queued', 'running', 'paused']);

/** Whether it waits for its turn, is at work, or is paused: it has not ended, and would lose something if the program did. */
export const isUnderWay = (state: string): boolean => underWay.has(state);

/** Whether a run has a process, which computes or holds still: its files may change, or go, at any moment. */
export const hasProcess = (state: string): boolean => state === 'running' || state === 'paused';
