/** The thread behind findings.ts: reads or writes one finding, then ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import { DuplicateKind } from '../../../shared/contract/duplicates.ts';
import { IdList } from '../../../shared/idList.ts';
import { readRecord, writeRecord } from '../../files/index.ts';
import { answerOnce } from '../oneAnswer.ts';
import type { FindingParts, FindingsJob } from './findings.ts';

/** Counts up when findings are made by other rules. */
const VERSION = 1;

const Kept = z.object({
  groups: z.array(z.object({ kind: DuplicateKind, ids: z.array(z.string()) })),
  looked: z.array(z.tuple([z.string(), z.string()])),
  missed: z.int(),
});

async function read(file: string): Promise<FindingParts | null> {
  const { version, content } = await readRecord(file);
  if (version !== VERSION) return null;
  const { looked, ...rest } = Kept.parse(content);
  const [ids, versions] = [IdList.of(looked.map(([id]) => id)), IdList.of(looked.map(([, of]) => of))];
  return { ...rest, ids: ids.bytes, versions: versions.bytes };
}

function write(file: string, { ids, versions, ...rest }: FindingParts): Promise<void> {
  const version = IdList.read(versions);
  const looked = Array.from(IdList.read(ids), (id, row) => [id, version.at(row)]);
  return writeRecord(file, VERSION, { ...rest, looked });
}

const job = workerData as FindingsJob;
await answerOnce(job.file, async () => {
  if (!job.write) return read(job.file);
  await write(job.file, job.write);
  return null;
});
