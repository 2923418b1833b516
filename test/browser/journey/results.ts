/** The run is evaluated, compared, deleted, and exported. */
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Evaluation } from '../../../shared/contract.ts';
import { LibraryPlace, MonitorPlace, NewRunPlace } from '../pages/places.ts';
import type { Walk } from './walk.ts';

export function resultSteps(walk: Walk): void {
  test('an evaluation leads to the photos behind a cell', async () => {
    const { page } = walk;
    const window = new LibraryPlace(page);
    await window.go('Evaluate');
    await window.button('Evaluate').last().click();
    const result = page.getByRole('region', { name: 'Result' });
    await expect(result.getByText(/^\d+(\.\d)?\s%$/).first()).toBeVisible({ timeout: 60_000 });
    const cell = result.getByRole('button', { name: /^[1-9]\d* photos? of circle taken for circle$/ });
    const count = Number(/^\d+/.exec((await cell.getAttribute('aria-label'))!)![0]);
    await cell.click();
    await expect(result.getByRole('heading', { name: new RegExp(`^${count} photos? of circle`) })).toBeVisible();
    await expect(result.locator('li button[aria-pressed]')).toHaveCount(count); // each named by its file
    await result.locator('li button[aria-pressed]').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Find similar' }).click();
    await expect(page).toHaveURL(/#\/explore\?run=.*photo=/);
    await expect(page.getByRole('navigation', { name: 'The way here' })).toBeVisible();
    await window.go('Evaluate');
  });

  test('a linear classifier is fitted as a paper does, and the result says so', async () => {
    const { host, page } = walk;
    const window = new LibraryPlace(page);
    await window.button('Linear').click();
    await page.getByRole('combobox', { name: 'Fitted by' }).selectOption({ label: 'LARS, as SimSiam' });
    await window.button('Evaluate').last().click();
    const result = page.getByRole('region', { name: 'Result' });
    await expect(result.getByText('LARS, as SimSiam')).toBeVisible({ timeout: 60_000 });
    await expect(result.getByText('a fifth kept apart')).toBeVisible();
    const [{ accuracy, settings }] = (await host.app.handle('evaluate.list', {})) as [Evaluation];
    expect(settings).toEqual({ solver: 'lars' });
    await expect(result.getByText(`${(100 * accuracy).toFixed(1)} %`).first()).toBeVisible();
  });

  test('a format that this network cannot have is disabled, with the reason', async () => {
    const { page } = walk;
    const window = new LibraryPlace(page);
    await window.go('Export');
    await expect(page.getByRole('checkbox', { name: /^Detectron2/ })).toBeDisabled();
    await expect(page.getByText('Detectron2 has whole ResNets only')).toBeVisible();
    await expect(page.getByRole('checkbox', { name: /^ONNX/ })).toBeEnabled();
  });

  test('two runs are compared', async () => {
    const { page } = walk;
    const window = new NewRunPlace(page);
    await window.go('Runs');
    await window.button('New run with the settings of first').click();
    await window.setName('second');
    await window.trainEpochs(3);
    await expect(window.start).toBeEnabled();
    await window.start.click();
    await new MonitorPlace(page).expectState('Finished', 90_000);
    await window.go('Runs');
    for (const name of ['first', 'second']) await page.getByRole('checkbox', { name: `Compare ${name}` }).check();
    await expect(
      page.getByRole('img', { name: /^Chart of Loss.*first.*second|^Chart of Loss.*second.*first/ }),
    ).toBeVisible();
    const differing = page.getByRole('row', { name: /^Epochs/ });
    await expect(differing).toContainText('120');
    await expect(differing).toContainText('3');
  });

  test('a deleted run comes back by undo', async () => {
    const { page } = walk;
    const window = new LibraryPlace(page);
    await window.button('Delete second').click();
    const dialog = page.getByRole('dialog', { name: 'Delete “second”?' });
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByRole('link', { name: 'second', exact: true })).toBeHidden();
    await window.notices.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('link', { name: 'second', exact: true })).toBeVisible();
  });

  test('an export is verified, and its file runs in onnxruntime', async () => {
    const { host, page } = walk;
    const window = new LibraryPlace(page);
    await window.go('Export');
    await page.getByRole('checkbox', { name: /^Parquet/ }).check();
    const button = window.button('Export 3 formats');
    await button.press('Enter');
    const result = page.getByRole('region', { name: 'What was exported' });
    await expect(result).toBeVisible({ timeout: 60_000 });
    await expect(button).toBeFocused();
    await expect(result.getByRole('row', { name: /encoder\.onnx/ })).toContainText('largest difference');
    const record = (await host.app.handle('exports.list', {}))[0]!;
    const session = await InferenceSession.create(join(record.folder, 'encoder.onnx'));
    const size = 32;
    const output = await session.run({
      pixel_values: new Tensor('float32', new Float32Array(2 * 3 * size * size).fill(0.5), [2, 3, size, size]),
    });
    expect(output.embedding!.dims[0]).toBe(2);
    expect((output.embedding!.data as Float32Array).every(Number.isFinite)).toBe(true);
  });
}
