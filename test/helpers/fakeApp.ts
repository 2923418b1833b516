/** An application that only echoes: enough for the transport suite to see what crossed. */
import type { Served } from '../../shared/client.ts';
import type { AppEvent } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';

export function fakeApp(): Served {
  const listeners = new Set<(event: AppEvent) => void>();
  let aborted = 0;
  return {
    async handle(method, params, { signal } = {}) {
      const given = params as Record<string, unknown> | null;
      switch (method) {
        case 'library.rename':
          return { name: given!['name'] };
        case 'library.list':
          return [];
        case 'library.get':
          throw Object.assign(new Error(`there is no folder ${given!['datasetId']}`), {
            name: 'AppError',
            code: 'not-found',
            details: { id: given!['datasetId'] },
          });
        case 'library.csvReport':
          return new Promise((_, reject) =>
            signal!.addEventListener('abort', () => reject(new Error(`aborted ${++aborted}`))),
          );
        case 'library.browse':
          return { folder: '', parent: null, folders: [], images: aborted };
        case 'runs.delete':
          for (const listener of listeners) listener({ name: 'runRemoved', runId: given!['runId'] as string });
          return { bytes: 0, undoSeconds: 0 };
        case 'photos.ids':
          return IdList.of(['a-1', 'a-20']).bytes;
        case 'explore.map':
          return {
            imageIds: IdList.of(['é', 'b']).bytes,
            labels: Int32Array.of(-1, 7),
            classes: [],
            clusters: new Int32Array(),
            positions: Float32Array.from({ length: 200_000 }, (_, i) => i / 1e6),
          };
        default:
          throw new Error(`fakeApp does not know ${method}`);
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
