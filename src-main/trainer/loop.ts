/**
 * The training loop: what a run does in each of its phases (phase.ts). It knows the order of things; what they are lies
 * in steps, probes and saver, when they are due in agenda. The next batch is made in the loader's threads while a step
 * runs. Nothing that enters the parameters depends on time.
 */
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import type { State } from '../engine/index.ts';
import type { BegunStep } from './budget.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { History } from './history.ts';
import { phaseOf } from './phase.ts';
import type { Phase } from './phase.ts';
import { Probes } from './probes.ts';
import type { ProbesInput } from './probes.ts';
import { Progress } from './progress.ts';
import { withReadout } from './readout.ts';
import type { CheckpointSaver } from './saver.ts';
import { Steps } from './steps.ts';
import type { StepsInput } from './steps.ts';

export interface LoopInput extends StepsInput, ProbesInput {
  sessions: StepsInput['sessions'] & ProbesInput['sessions'];
  saver: CheckpointSaver;
  context: JobContext;
  /** The first steps, where they have been done already. */
  begun: readonly BegunStep[];
  /** The checkpoint that training continues from. */
  resumed: CheckpointFacts | null;
}

export interface LoopResult {
  finished: boolean;
  trainingSeconds: number;
}

export async function trainingLoop(input: LoopInput): Promise<LoopResult> {
  const run = new TrainingRun(input);
  await run.begin();
  for (;;) {
    const { phase } = run;
    switch (phase) {
      case 'training':
        await run.step();
        break;
      case 'paused':
        await run.pause();
        break;
      case 'stopped':
        await run.putAway();
        return run.end({ finished: false });
      case 'worseThanStart':
        return run.end({ finished: false });
      case 'finished':
        return run.end({ finished: true });
      default:
        phase satisfies never;
    }
  }
}

class TrainingRun {
  readonly #input: LoopInput;
  readonly #progress: Progress;
  readonly #history: History;
  readonly #steps: Steps;
  readonly #probes: Probes;

  constructor(input: LoopInput) {
    const { config, schedule, context, resumed, begun, comparison } = input;
    const progress = new Progress(config, schedule, {
      step: resumed?.step ?? 0,
      trainingSeconds: resumed?.trainingSeconds ?? begun.reduce((sum, { seconds }) => sum + seconds, 0),
      secondsPerProbe: comparison.secondsPerProbe,
    });
    // What is left goes with every report of steps: an estimate from an epoch ago is of another pace.
    const history = new History(config.batchSize, resumed?.sinceRow ?? null, (steps) =>
      context.report({ type: 'steps', steps, etaSeconds: progress.secondsLeft(history.secondsPerStep) }),
    );
    this.#input = input;
    this.#progress = progress;
    this.#history = history;
    this.#steps = new Steps(input, progress, history);
    this.#probes = new Probes(input, resumed?.lastRow ?? null, progress, history);
  }

  get phase(): Phase {
    const { stepsLeft } = this.#progress;
    return phaseOf({ stepsLeft, verdict: this.#probes.verdict, asked: this.#input.context.control });
  }

  async begin(): Promise<void> {
    this.#steps.takeBegun(this.#input.begun);
    await this.#input.context.control.turn();
  }

  /** The next step, and the probe and the checkpoint where they are due after it. */
  async step(): Promise<void> {
    await this.#steps.next();
    if (this.#probes.canCompare) {
      await this.#settle();
      await this.#probes.compare();
    }
    await this.#followUp();
    await this.#input.context.control.turn();
  }

  async #followUp(): Promise<void> {
    const { saver } = this.#input;
    const due = this.#progress.due;
    const saving = due.last || saver.due(due.epochEnd);
    if (!due.probe && !saving) return;
    await this.#steps.settle();
    const state = await this.#steps.state();
    if (due.probe) saver.assertFinite(state, this.#progress.done);
    const metrics = due.probe ? await this.#probes.take(state, due) : null;
    // Whoever starts from known weights has something to lose: the start is kept, as the best there is.
    if (saving && this.phase !== 'worseThanStart') await this.#save(state, metrics);
  }

  /** Saves, and waits to go on or to stop. */
  async pause(): Promise<void> {
    const { control, report } = this.#input.context;
    const { clock } = this.#progress;
    await this.putAway();
    clock.pause();
    report({ type: 'paused' });
    await control.whilePaused();
    clock.resume();
    if (!control.stopping) report({ type: 'resumed' });
  }

  /** Tells all steps done, and writes the checkpoint to go on from. */
  async putAway(): Promise<void> {
    await this.#settle();
    if (this.#input.saver.latest?.step !== this.#progress.done) await this.#save(await this.#steps.state(), null);
  }

  end({ finished }: { finished: boolean }): LoopResult {
    this.#history.flush();
    return { finished, trainingSeconds: this.#progress.clock.seconds };
  }

  async #settle(): Promise<void> {
    await this.#steps.settle();
    this.#history.flush();
  }

  async #save(state: State, probe: ProbeMetrics | null): Promise<void> {
    const { sinceRow } = this.#history;
    const { lastRow, readout } = this.#probes;
    const { done: step, clock } = this.#progress;
    await this.#input.saver.save(withReadout(state, readout), probe, {
      step,
      trainingSeconds: clock.seconds,
      sinceRow,
      lastRow,
    });
  }
}
