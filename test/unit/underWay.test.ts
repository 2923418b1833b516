import { describe, expect, it } from 'vitest';
import { ExperimentState, RunState, Task } from '../../shared/contract.ts';
import { hasProcess, isUnderWay } from '../../shared/underWay.ts';

const notUnderWay = (states: readonly string[]) => states.filter((state) => !isUnderWay(state));

describe('states of the contract', () => {
  it('are under way until they have ended', () => {
    expect(notUnderWay(RunState.options)).toEqual(['finished', 'stopped', 'failed', 'interrupted']);
    expect(notUnderWay(ExperimentState.options)).toEqual(['stopped', 'finished']);
    expect(notUnderWay(Task.shape.state.options)).toEqual(['done', 'failed', 'cancelled']);
  });

  it('leave a run its process while it computes or is paused, and none while it waits', () => {
    expect(RunState.options.filter(hasProcess)).toEqual(['running', 'paused']);
  });
});
