/**
 * Embeds single images with a compute process that is kept warm for the checkpoint asked for last, so that a dropped
 * photo is answered while the person looks. It goes when it was not needed for some minutes.
 */
import { ContractError } from '../../../shared/contract.ts';
import type { Report } from '../../../shared/contract.ts';
import { holdCheckpoint, namingCheckpoint } from '../checkpoints.ts';
import type { ChosenCheckpoint } from '../checkpoints.ts';
import { ComputeProcess } from '../compute/process.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';

const idleMinutes = 3;

interface Warm {
  checkpointId: string;
  compute: ComputeProcess;
  ready: Promise<void>;
  answers: Map<number, { resolve(vector: Float32Array): void; reject(error: Error): void }>;
}

export class Queries {
  readonly #context: AppContext;
  #warm: Warm | null = null;
  #idle: NodeJS.Timeout | null = null;
  #nextId = 1;

  constructor(context: AppContext) {
    this.#context = context;
  }

  /** The features of an image file's bytes [1, D]. @throws ContractError where the image cannot be decoded */
  async embed(chosen: ChosenCheckpoint, image: Uint8Array): Promise<Float32Array> {
    const warm = this.#use(chosen);
    await warm.ready;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      warm.answers.set(id, { resolve, reject });
      warm.compute.send({ type: 'query', id, image });
    });
  }

  /** Opens the encoder before it is asked: whoever looks at the map may drop an image at any moment. */
  prepare(chosen: ChosenCheckpoint): void {
    this.#use(chosen);
  }

  #use(chosen: ChosenCheckpoint): Warm {
    const warm = this.#warm?.checkpointId === chosen.checkpoint.id ? this.#warm : this.#start(chosen);
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), idleMinutes * 60_000);
    this.#idle.unref();
    return warm;
  }

  #start({ run, checkpoint }: ChosenCheckpoint): Warm {
    this.close();
    const held = holdCheckpoint(this.#context, run.id, checkpoint.file);
    const answers: Warm['answers'] = new Map();
    let isReady!: () => void;
    const opened = new Promise<void>((resolve) => (isReady = resolve));
    const receive = (report: Report) => {
      if (report.type === 'progress') isReady(); // the encoder is open
      if (report.type !== 'queryResult') return;
      const waiting = answers.get(report.id);
      answers.delete(report.id);
      if (report.vector) waiting?.resolve(report.vector);
      else waiting?.reject(new ContractError(report.error!));
    };
    const compute = new ComputeProcess(
      this.#context.launch,
      { kind: 'queries', config: run.config, checkpoint: held.path },
      receive,
    );
    const ended = compute.ended.then((end): never => {
      if (this.#warm === warm) this.#warm = null;
      const error =
        end.type === 'failed'
          ? (namingCheckpoint(new ContractError(end.error), checkpoint) as Error)
          : new AppError('cancelled.query');
      for (const waiting of answers.values()) waiting.reject(error);
      answers.clear();
      throw error;
    });
    ended.catch(() => {});
    const warm: Warm = { checkpointId: checkpoint.id, compute, ready: Promise.race([opened, ended]), answers };
    warm.ready.then(held.release, held.release); // it is read by then
    this.#warm = warm;
    return warm;
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#warm?.compute.kill();
    this.#warm = null;
  }
}
