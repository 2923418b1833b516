/**
 * The free baselines (shared/baselines.ts: features that no training is needed for) on two folders of classes: kNN
 * accuracy of TEST by the photos of TRAIN, 0 to 1, with 20 and 200 neighbours.
 *
 *   node scripts/free-baselines.ts TRAIN TEST
 */
import { readFileSync } from 'node:fs';
import { freeNames } from '../shared/baselines.ts';
import { fitFree, freeFeatures, toPictures } from '../src-main/evaluate/index.ts';
import { decodeBytes, evaluationImage } from '../src-main/images/index.ts';
import { knnAccuracy } from './held-out.ts';
import { classesOf, imagesOf } from './training.ts';

const [trainFolder, testFolder] = process.argv.slice(2);
if (!trainFolder || !testFolder) {
  process.stderr.write('usage: node scripts/free-baselines.ts TRAIN TEST\n');
  process.exit(2);
}
/** Side of the evaluation image, px, as a run uses it; a photo of this size is taken whole. */
const SIZE = 32;
const [train, test] = [imagesOf(trainFolder), imagesOf(testFolder)];
const classes = classesOf(train);

async function pictures(images: typeof train): Promise<Uint8Array> {
  const out: Uint8Array[] = [];
  for (const { file, path } of images) out.push(evaluationImage(await decodeBytes(file, readFileSync(path)), SIZE));
  return toPictures(out, SIZE);
}
const labels = (images: typeof train) => Int32Array.from(images, ({ label }) => classes.indexOf(label!));

const bankPictures = await pictures(train);
const fitted = fitFree(bankPictures);
const bank = freeFeatures(fitted, bankPictures);
const queries = freeFeatures(fitted, await pictures(test));
console.log('| features | k = 20 | k = 200 |\n| --- | --- | --- |');
for (const name of freeNames) {
  const accuracy = (k: number) =>
    knnAccuracy({ ...bank[name], labels: labels(train) }, { ...queries[name], labels: labels(test) }, classes.length, {
      k,
    });
  console.log(`| ${name} | ${(await accuracy(20)).toFixed(3)} | ${(await accuracy(200)).toFixed(3)} |`);
}
