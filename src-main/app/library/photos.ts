/** Where a photo is on the disk, and how files are named: '/' between parts, on Windows too. */
import { sep } from 'node:path';
import type { DatasetRow, ImageRow } from '../../db/index.ts';

export const portable = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));

export const photoPath = (dataset: Pick<DatasetRow, 'folder'>, row: Pick<ImageRow, 'file'>): string =>
  `${dataset.folder}${/[/\\]$/.test(dataset.folder) ? '' : sep}${sep === '/' ? row.file : row.file.replaceAll('/', sep)}`;
