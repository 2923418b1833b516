/** The calls of Evaluate: embeds what is needed, classifies in a compute process, keeps the result with its photos. */
import { randomUUID } from 'node:crypto';
import type { AppHandlers, Evaluation, evaluateCalls } from '../../shared/contract.ts';
import { nameOf } from '../../shared/naming.ts';
import { usualNeighbours } from '../../shared/presets/parts.ts';
import { IdList } from '../../shared/idList.ts';
import { reason } from '../../shared/reason.ts';
import type { Prediction } from '../db/index.ts';
import { chooseCheckpoint, holdCheckpoint, withWhole } from './checkpoints.ts';
import type { ChosenCheckpoint } from './checkpoints.ts';
import { computeJob } from './compute/job.ts';
import { piecesOf } from './compute/lists.ts';
import type { AppContext } from './context.ts';
import { found } from './errors.ts';
import { graphNeighbours } from './explore/openSet.ts';
import type { EmbeddingSets } from './explore/sets.ts';
import type { Library } from './library/library.ts';
import { each, unhurried, unhurriedPieces } from './unhurried.ts';
import type { TaskControl } from './tasks.ts';

export type EvaluateHandlers = Pick<AppHandlers, keyof typeof evaluateCalls>;

export function evaluateHandlers(context: AppContext, library: Library, sets: EmbeddingSets): EvaluateHandlers {
  const { store, tasks } = context;

  /** The photos of a set with their labels; those on the other side of a split have none. */
  const embedded = async (setId: string, keep: (photo: { id: string; heldOut: boolean }) => boolean) => {
    const row = sets.row(setId);
    const ids = await sets.ids(row);
    const described = function* () {
      for (const id of ids) {
        const image = store.images.get(id);
        const label = image && keep({ id, heldOut: image.heldOut === 1 }) ? image.label : null;
        const group = image?.group ?? image?.parent;
        yield { id, label, ...(group && { group }) };
      }
    };
    return { side: { vectors: sets.file(row, 'npy'), images: [] }, described };
  };

  const isSplit = async (datasetId: string): Promise<boolean> => {
    for await (const piece of unhurriedPieces(store.images.sidePieces(datasetId)))
      if (piece.some(({ heldOut }) => heldOut === 1)) return true;
    return false;
  };

  /**
   * Which photos of two sets each side leaves to the other, where both are of one folder, such as a collection of photos
   * to test with: the larger set leaves what both have, as a photo that is found by itself says nothing.
   * @returns null where the two have the same photos
   */
  const parted = async (trainSet: string, testSet: string) => {
    const [train, test] = [await sets.ids(sets.row(trainSet)), await sets.ids(sets.row(testSet))];
    let shared = 0;
    await unhurried(each(test, (id) => void (train.rowOf(id) >= 0 && shared++)));
    if (shared === train.length && shared === test.length) return null;
    const isTestLarger = shared === train.length;
    return {
      train: (id: string) => isTestLarger || test.rowOf(id) < 0,
      test: (id: string) => !isTestLarger || train.rowOf(id) < 0,
    };
  };

  return {
    'evaluate.start': (request) => {
      const { runId, kind, k, temperature, solver, shots } = request;
      const named = chooseCheckpoint(context, runId, request.checkpointId);
      const trainId = library.dataset(request.trainDatasetId ?? named.run.datasetId).id;
      const testId = request.testDatasetId === null ? null : library.dataset(request.testDatasetId).id;
      const held = holdCheckpoint(context, runId, named.checkpoint.file);
      const work = async (chosen: ChosenCheckpoint, control: TaskControl) => {
        const isNamed = testId !== null && testId !== trainId;
        const trainSet = await sets.embed(chosen, trainId, control, [0, isNamed ? 0.45 : 0.9]);
        const testSet = isNamed ? await sets.embed(chosen, testId, control, [0.45, 0.9]) : trainSet;
        const isOneFolder = isNamed && store.images.folderOf(testId) === store.images.folderOf(trainId);
        const sides = isOneFolder ? await parted(trainSet, testSet) : null;
        const other = isNamed && (!isOneFolder || sides !== null);
        const split = !other && (await isSplit(trainId));
        const train = await embedded(trainSet, ({ id, heldOut }) =>
          other ? (sides?.train(id) ?? true) : !split || !heldOut,
        );
        const test = other
          ? await embedded(testSet, ({ id }) => sides?.test(id) ?? true)
          : split
            ? await embedded(trainSet, ({ heldOut }) => heldOut)
            : null;
        let labelled = 0;
        await unhurried(each(train.described(), ({ label }) => void (label !== null && labelled++)));
        // no more than there are: where each photo is left out, one less
        const neighbours = Math.max(1, Math.min(k ?? usualNeighbours(labelled), labelled - (test ? 0 : 1)));
        const graph =
          kind === 'knn' && !test && neighbours <= graphNeighbours && labelled > sets.quickGraph
            ? await sets.graphFile(trainSet, control)
            : null;
        const result = await computeJob(
          context,
          {
            kind: 'evaluate',
            ...(graph && { graph }),
            evaluation: kind,
            train: train.side,
            test: test && test.side,
            isOneFolder: isOneFolder || !other,
            k: neighbours,
            temperature,
            solver,
            shots,
            seed: chosen.run.config.seed,
          },
          control,
          [graph ? 0.95 : 0.9, 1],
          { 'train.images': piecesOf(train.described), ...(test && { 'test.images': piecesOf(test.described) }) },
        );
        const tested = IdList.read(result.tested);
        const id = randomUUID();
        const evaluation: Evaluation = {
          id,
          runId,
          checkpointId: chosen.checkpoint.id,
          epoch: chosen.checkpoint.epoch,
          kind,
          trainDatasetId: trainId,
          testDatasetId: testId ?? trainId,
          split: result.split,
          groups: result.groups,
          accuracy: result.accuracy,
          spread: result.spread,
          shots: result.shots,
          images: tested.length,
          imagesOf: result.asked.of,
          byGraph: result.asked.byGraph,
          classes: result.classes,
          confusion: result.confusion,
          settings: {
            ...(kind === 'knn' && { k: neighbours, temperature }),
            ...(kind === 'linear' && { solver }),
            ...(kind === 'fewshot' && { shots }),
          },
          createdAt: Date.now(),
        };
        // with the labels that it was measured with: a person may have given others meanwhile
        const predicted = function* (): Generator<Prediction> {
          let at = 0;
          for (const imageId of tested) yield [imageId, result.truth[at]!, result.predictions[at++]!];
        };
        await unhurried(store.evaluations.insert(evaluation, predicted()));
        return id;
      };
      const whole = (control: TaskControl) =>
        withWhole(context, { ...named, path: held.path }, request.checkpointId !== null, control, (chosen) =>
          work(chosen, control),
        );
      return tasks.start('evaluate', reason(`doing.${kind}`, { name: nameOf(named.run) }), whole, {
        ...held,
        about: { runId: named.run.id },
      });
    },
    'evaluate.list': ({ runId }) =>
      store.evaluations.all(runId).filter((item) => !store.runs.get(item.runId)?.deletedAt),
    'evaluate.get': ({ evaluationId }) => found(store.evaluations.get(evaluationId), 'evaluation', evaluationId),
    'evaluate.cell': async ({ evaluationId, actual, predicted }) => {
      found(store.evaluations.get(evaluationId), 'evaluation', evaluationId);
      const inCell: string[] = [];
      for await (const some of unhurriedPieces(store.evaluations.predictions(evaluationId)))
        for (const [imageId, is, said] of some) if (is === actual && said === predicted) inCell.push(imageId);
      return inCell;
    },
  };
}
