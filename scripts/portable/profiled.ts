/** A part that says where the time of a step goes: kernels, the dearest programs, the host's part, what is computed elsewhere. */
import { fileURLToPath } from 'node:url';
import { BenchProcess } from '../../src-main/trainer/bench/process.ts';
import type { RowPart, Settings } from './parts.ts';
import { stepOf } from './sizes.ts';
import { programAt } from '../../src-main/files/program.ts';

const worker = fileURLToPath(programAt('../../src-main/trainer/bench/worker', import.meta.url));
/** Programs and operators that are kept, the dearest first. */
const KEPT = 12;

export const profiled =
  (row: RowPart) =>
  async (settings: Settings, found: (result: unknown) => void): Promise<void> => {
    const work = stepOf(row, settings);
    const process_ = new BenchProcess(process.execPath, [worker]);
    try {
      const { profile } = await process_.ask({ profile: work });
      if (!profile) throw new Error('the step was not profiled');
      const { programs, operators, ...rest } = profile;
      found({ ...rest, programs: programs.slice(0, KEPT), operators: operators.slice(0, KEPT) });
    } finally {
      await process_.close();
    }
  };
