/** The doctor's report as plain text to paste into a question: always in English, for whoever reads it there. */
import type { Doctor } from '../../shared/contract.ts';
import { selfTestSentence } from '../../shared/messages/selfTest.ts';

export function doctorReport(doctor: Doctor): string {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return [
    `Lookalike ${doctor.version}, ${doctor.platform}, Node ${doctor.node}`,
    `${doctor.cores} cores, ${gigabytes(doctor.memoryBytes)} memory, ${gigabytes(doctor.homeFreeBytes)} free disk`,
    ...doctor.devices.map(
      ({ provider, name, kind, driver, test }) =>
        `device ${provider} (${name}, ${kind}${driver ? `, driver ${driver}` : ''}): ${test ? selfTestSentence(test) : 'not tested'}`,
    ),
    `device auto is ${doctor.auto}`,
    ...doctor.checks.map(
      ({ name, ok, detail, remedy }) => `${ok ? 'ok' : 'PROBLEM'} ${name}: ${detail}${remedy ? ` -> ${remedy}` : ''}`,
    ),
    '',
  ].join('\n');
}
