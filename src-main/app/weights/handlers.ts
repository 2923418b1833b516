/** The calls of known weights: which are here, and fetching one from its publisher when a person asks for it. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppHandlers, weightCalls } from '../../../shared/contract.ts';
import { knownWeights } from '../../../shared/knownWeights.ts';
import type { KnownWeights } from '../../../shared/knownWeights.ts';
import { reason } from '../../../shared/reason.ts';
import { isOffline, makeFolder } from '../../files/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { TaskControl } from '../tasks.ts';
import { download, FetchError, hostOf, sumOf } from './download.ts';

export type WeightHandlers = Pick<AppHandlers, keyof typeof weightCalls>;

/** Seconds that are left at the pace so far. */
const left = (since: number, done: number, of: number): number | null =>
  done > 0 ? ((performance.now() - since) / 1000) * (of / done - 1) : null;

export function weightHandlers(
  { paths, tasks }: AppContext,
  offered: readonly KnownWeights[] = knownWeights,
): WeightHandlers {
  const placeOf = ({ file, keptAs = file }: KnownWeights) => join(paths.weights, keptAs);
  return {
    'weights.kept': () =>
      offered.flatMap((one) =>
        one.address !== null && existsSync(placeOf(one)) ? [{ id: one.id, file: placeOf(one) }] : [],
      ),
    'weights.fetch': ({ id }) => {
      const one = offered.find((known) => known.id === id);
      if (!one || one.address === null || one.sha256 === null)
        throw new AppError('not-found.gone', { what: 'file to fetch', id });
      const { file, address, sha256 } = one;
      if (isOffline()) throw new FetchError('not-fetched.offline', { file });
      const [into, host] = [placeOf(one), hostOf(address)];
      const work = async ({ signal, progress }: TaskControl): Promise<string> => {
        if (existsSync(into)) {
          if ((await sumOf(into, signal)) === sha256) return into;
          await rm(into, { force: true }); // damaged since
        }
        makeFolder(paths.weights);
        let [since, first] = [performance.now(), -1];
        await download(
          { address, sha256, into },
          {
            signal,
            progress: (bytes, of) => {
              if (first < 0) [since, first] = [performance.now(), bytes];
              const eta = of === null ? null : left(since, bytes - first, of - first);
              progress(of === null ? 0 : bytes / of, reason('doing.fetching-weights', { file, host }), eta);
            },
            checking: () => progress(1, reason('doing.checking-weights', { file })),
          },
        );
        return into;
      };
      return tasks.start('weights', reason('doing.fetching-weights', { file, host }), work, { line: 'processor' });
    },
  };
}
