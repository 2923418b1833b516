/**
 * What a teacher made of photos, as a file: a row of numbers for each photo's id, with a checksum. A run keeps its own,
 * so that it goes on the same when the teacher is gone; another in the cache, named by the teacher, serves every run
 * that learns from it.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { TEACHER_NUMBERS } from '../../../shared/methods/index.ts';
import { decodeSafetensors, writeSafetensors } from '../../export/index.ts';
import { checksum } from '../../files/index.ts';
import { bytesOf } from '../../../shared/bytes.ts';

/** Numbers of each photo by its id, TEACHER_NUMBERS each. */
export type Rows = Map<string, Float32Array>;

const FORMAT = 'lookalike-teacher-1';
const TENSOR = 'numbers';
const Facts = z.object({ format: z.literal(FORMAT), teacher: z.string(), ids: z.string(), checksum: z.string() });

/** @param teacher what the rows are of (teacherKey) @throws FileError write-failed */
export async function writeRows(path: string, teacher: string, rows: Rows): Promise<void> {
  const ids = JSON.stringify([...rows.keys()]);
  const numbers = new Float32Array(rows.size * TEACHER_NUMBERS);
  [...rows.values()].forEach((row, i) => numbers.set(row, i * TEACHER_NUMBERS));
  await mkdir(dirname(path), { recursive: true });
  await writeSafetensors(path, new Map([[TENSOR, { shape: [rows.size, TEACHER_NUMBERS], data: numbers }]]), {
    ...{ format: FORMAT, teacher, ids },
    checksum: checksum(teacher, ids, bytesOf(numbers)),
  });
}

/** The rows of a file and what they are of; null where there is none, or it is damaged: both are made again. */
export async function readRows(path: string): Promise<{ teacher: string; rows: Rows } | null> {
  try {
    const { tensors, metadata } = decodeSafetensors(await readFile(path));
    const { teacher, ids, checksum: sum } = Facts.parse(metadata);
    const { data } = tensors.get(TENSOR)!;
    if (!(data instanceof Float32Array) || checksum(teacher, ids, bytesOf(data)) !== sum) return null;
    const names = z.array(z.string()).parse(JSON.parse(ids));
    return { teacher, rows: new Map(names.map((id, i) => [id, row(data, i)])) };
  } catch {
    return null;
  }
}

const row = (data: Float32Array, i: number): Float32Array =>
  data.subarray(i * TEACHER_NUMBERS, (i + 1) * TEACHER_NUMBERS);
