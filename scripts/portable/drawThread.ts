/** A thread that renders pictures: 9 ms of a core each. */
import '../../src-main/files/offline.ts'; // first: what follows may not send
import { parentPort } from 'node:worker_threads';
import { picture } from '../starting/scene.ts';

/** Pictures `from` to `to`, of which `each` are of one subject. */
export interface DrawWork {
  from: number;
  to: number;
  each: number;
}

/** [SIDE, SIDE, 3] each. */
export interface Drawn {
  from: number;
  pictures: Uint8Array[];
}

parentPort!.on('message', ({ from, to, each }: DrawWork) => {
  const pictures = Array.from({ length: to - from }, (_, i) =>
    picture(Math.floor((from + i) / each), (from + i) % each),
  );
  parentPort!.postMessage({ from, pictures } satisfies Drawn);
});
