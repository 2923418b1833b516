/** What an export is asked for with, and how an address and the tab keep it: no DOM. */
import { expect, it } from 'vitest';
import { usualFormats } from '../../../shared/exports.ts';
import type { ExportFormat } from '../../../shared/exports.ts';
import { reason } from '../../../shared/reason.ts';
import { ExportForm } from '../../../src-renderer/state/export-form.svelte.ts';
import { datasetRecord } from '../../helpers/records.ts';

function formOf({
  chosen = [] as string[],
  without = null as ExportFormat | null,
  runId = 'run' as string | null,
} = {}) {
  const selection = { ids: new Set(chosen), size: chosen.length };
  const kept = new Map<string, string>();
  const targets = {
    read: () => kept.get('folder') ?? null,
    keep: (_: unknown, folder: string) => void kept.set('folder', folder),
    forget: () => void kept.delete('folder'),
  };
  const parts = {
    choice: { runId, checkpointId: null },
    exports: {
      hindrance: (format: ExportFormat) => (format === without ? reason('unsupported.detectron2-stem') : null),
    },
    library: { get: (id: string | null) => (id === 'birds' ? datasetRecord('birds') : undefined) },
    selection,
    targets,
  };
  return { form: new ExportForm(parts), another: () => new ExportForm(parts), selection };
}
const named = (form: ExportForm) =>
  Object.fromEntries(Object.entries(form.address).filter(([, value]) => value !== undefined));

it('an export is of the network in the usual formats, of photos that were chosen in those of embeddings', () => {
  const { form } = formOf();
  form.read({});
  expect(form.formats).toEqual(usualFormats('encoder'));
  expect(form).toMatchObject({ hasEmbeddings: false, hasCsv: false });
  const { form: ofChosen } = formOf({ chosen: ['a', 'b'] });
  ofChosen.read({ photos: 'chosen', of: 'birds' });
  expect(ofChosen.formats).toEqual(usualFormats('embeddings'));
  expect(ofChosen).toMatchObject({ hasEmbeddings: true, hasCsv: true });
  expect(ofChosen.request(false)).toMatchObject({ datasetId: null, imageIds: ['a', 'b'] });
  expect([form, ofChosen].map(named)).toEqual([{}, { photos: 'chosen', of: 'birds' }]);
});

it('an export of chosen photos of which none is left is of the folder', () => {
  const { form, selection } = formOf({ chosen: ['a'] });
  form.read({ photos: 'chosen', of: 'birds' });
  Object.assign(selection, { ids: new Set(), size: 0 });
  expect(form.isOfChosen).toBe(false);
  expect(form.request(false)).toMatchObject({ datasetId: 'birds', imageIds: null });
  form.read({ photos: 'chosen' });
  expect(form.onlyChosen).toBe(false);
});

it('a format that the network cannot be had in is kept as asked for, and not written', () => {
  const { form } = formOf({ without: 'detectron2' });
  form.read({ formats: 'onnx detectron2 gone' });
  expect(form.formats).toEqual(['onnx']);
  expect(named(form)).toEqual({ formats: 'detectron2 onnx' });
  form.toggle('csv');
  form.toggle('onnx');
  expect(form.request(true)).toMatchObject({ formats: ['csv'], replace: true });
});

it('its address names what is not usual, and reads the same again', () => {
  const { form } = formOf();
  const query = { formats: 'csv parquet', of: 'birds', guard: '' };
  form.read(query);
  expect(named(form)).toEqual(query);
  form.read({ of: 'gone' });
  expect(named(form)).toEqual({});
});

it('its folder is kept by the tab and in no address, until it is cleared', () => {
  const { form, another } = formOf();
  form.read({});
  form.folder = '/exports';
  expect(another().folder).toBe('/exports');
  expect(another().request(false)).toMatchObject({ folder: '/exports' });
  expect(named(form)).toEqual({});
  form.folder = null;
  expect(another().folder).toBeNull();
});

it('there is nothing to ask for without a run', () => {
  expect(formOf({ runId: null }).form.request(false)).toBeNull();
});
