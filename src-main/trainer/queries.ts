/**
 * The queries job: an encoder held open, so that a dropped photo is answered in the time it takes to decode and embed
 * it. Opening takes a second: both the encoder and the decoding process are warm before the first query. It is the
 * processor's: one photo is embedded in an instant, and no device is held or missed for it.
 */
import type { ServeQueriesJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import { channelsOf } from '../../shared/input.ts';
import { reason } from '../../shared/reason.ts';
import { closeSharedPool, prepareQuery } from '../images/index.ts';
import { saying } from './control.ts';
import type { JobContext, Query } from './control.ts';
import { encoderOnProcessor, openSource } from './source.ts';

/** A grey BMP of 32 x 32: 54 bytes of header, three bytes a pixel. */
function greyPhoto(): Uint8Array {
  const side = 32;
  const bytes = new Uint8Array(54 + 3 * side * side).fill(128);
  const view = new DataView(bytes.buffer);
  bytes.fill(0, 0, 54);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, side],
    [22, side],
    [34, 3 * side * side],
  ] as const)
    view.setUint32(at, value, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return bytes;
}

export async function serveQueries(job: ServeQueriesJob, { control, report }: JobContext): Promise<JobResult> {
  const source = await openSource(job);
  const { imageSize, input } = source.pixels;
  const encoder = await encoderOnProcessor(source, 1);
  const answer = async ({ id, image }: Query): Promise<void> => {
    try {
      const pixels = await prepareQuery({ name: 'the dropped image', bytes: image }, imageSize, input);
      const { features } = await encoder.embed(pixels, 1);
      report({ type: 'queryResult', id, vector: features, error: null });
    } catch (error) {
      report({ type: 'queryResult', id, vector: null, error: toWireError(error) });
    }
  };
  // Early queries wait for the warm-up; after that one is answered after another, in the order they came.
  const blank = new Float32Array(channelsOf({ input }) * imageSize ** 2);
  let last: Promise<unknown> = prepareQuery({ name: 'warm-up', bytes: greyPhoto() }, imageSize).then(() =>
    encoder.embed(blank, 1),
  );
  control.onQuery = (query) => (last = last.then(() => answer(query)));
  try {
    await last;
    report(saying(reason('doing.ready')));
    while (!control.stopping) await control.nextCommand();
    await last;
    return { kind: 'queries' };
  } finally {
    await encoder.close();
    await closeSharedPool();
  }
}
