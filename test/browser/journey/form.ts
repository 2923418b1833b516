/** The form of a run: what it refuses, leaves out, and shows. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { backboneShapes } from '../../../shared/backbone.ts';
import { encodeSafetensors } from '../../../src-main/export/index.ts';
import { NewRunPlace } from '../pages/places.ts';
import type { Walk } from './walk.ts';

export function formSteps(walk: Walk): void {
  test('a setting that cannot work is refused with its remedy', async () => {
    const { page } = walk;
    const form = new NewRunPlace(page);
    await page.getByRole('link', { name: 'Train on it' }).click();
    await expect(form.start).toBeEnabled();
    await form.set('Batch size', 999_999);
    await expect(page.getByRole('main').getByRole('alert').first()).toHaveText(
      'Setting “Batch size” = 999999: set it to 4096 or less',
    );
    await form.set('Batch size', 4096);
    const refusal = page.getByRole('complementary').getByRole('alert');
    await expect(refusal).toBeVisible();
    await expect(form.start).toBeDisabled();
    await refusal.getByRole('button', { name: /^Use / }).click();
    await expect(refusal).toBeHidden();
    await expect(form.start).toBeEnabled();
  });

  test('a setting that does nothing beside another is disabled, with the reason', async () => {
    const { page } = walk;
    const advanced = page.getByRole('group').filter({ has: page.getByText('Advanced', { exact: true }) });
    await advanced.getByText('Advanced', { exact: true }).click();
    const betas = page.getByRole('spinbutton', { name: 'AdamW: memory of the gradient' });
    await expect(betas).toBeDisabled();
    await page.getByRole('button', { name: 'AdamW: memory of the gradient' }).hover();
    await expect(
      page.getByRole('tooltip').filter({ hasText: 'Has no effect here: “Optimizer” is “SGD”.' }),
    ).toBeVisible();
    await page.getByRole('combobox', { name: 'Optimizer' }).selectOption('adamw');
    await expect(betas).toBeEnabled();
    await expect(page.getByRole('spinbutton', { name: 'Momentum', exact: true })).toBeDisabled();
    await page.getByRole('button', { name: /^Back to the preset.*Optimizer/ }).click();
    await expect(betas).toBeDisabled();
    await advanced.getByText('Advanced', { exact: true }).click();
  });

  test('a file of weights brings its network along, says where it is from, and runs nothing', async () => {
    const { folder, page } = walk;
    const form = new NewRunPlace(page);
    const file = join(folder, '..', `known-${process.pid}.pth`);
    writeFileSync(file, 'cposix\nsystem\n(S"true"\ntR.');
    await form.button('A file').click();
    const path = page.getByRole('textbox', { name: 'Path of the weights' });
    await path.fill(file);
    await path.blur();
    const refusal = page.getByRole('complementary').getByRole('alert');
    await expect(refusal).toContainText('it asks for posix.system to be run');
    const data = (shape: readonly number[]) => new Float32Array(shape.reduce((product, size) => product * size, 1));
    const shapes = backboneShapes({ name: 'resnet18', width: 0.125, stem: 'imagenet' });
    const known = new Map([...shapes].map(([name, shape]) => [name, { shape: [...shape], data: data(shape) }]));
    writeFileSync(file, encodeSafetensors(known));
    await page.getByRole('textbox', { name: 'Their licence' }).fill('CC0');
    await page.getByRole('textbox', { name: 'Their licence' }).blur();
    await expect(refusal).toBeHidden();
    await expect(page.getByText('the network is that of the given weights: resnet18 at width 0.125')).toBeVisible();
    await page.getByText('Known weights to fetch').click();
    const link = page.getByRole('link', { name: 'timm resnet18.a1_in1k' });
    await expect(link).toHaveAttribute('href', 'https://huggingface.co/timm/resnet18.a1_in1k');
    await expect(link).toHaveAttribute('rel', /noopener/);
    await form.button('Rendered pictures').click();
    rmSync(file);
  });

  test('a teacher that is none is refused beside its field, with the reason', async () => {
    const { folder, page } = walk;
    const form = new NewRunPlace(page);
    const file = join(folder, '..', `teacher-${process.pid}.onnx`);
    writeFileSync(file, 'These are words, and no network at all.');
    await page.getByRole('heading', { name: 'Advanced' }).click();
    const field = page.getByRole('textbox', { name: 'Teacher', exact: true });
    const refused = field.locator('xpath=ancestor::div[contains(@class, "setting")]').getByRole('alert');
    await field.fill(join(folder, '..', 'nowhere.onnx'));
    await field.blur();
    await expect(refused).toContainText('here is no file');
    await field.fill(file);
    await field.blur();
    await expect(refused).toContainText(`teacher-${process.pid}.onnx is not an ONNX file`);
    await expect(form.start).toBeDisabled();
    await field.fill('');
    await field.blur();
    await expect(refused).toBeHidden();
    await expect(form.start).toBeEnabled();
    await page.getByRole('heading', { name: 'Advanced' }).click();
    rmSync(file);
  });

  test('previews show pairs of views', async () => {
    const { page } = walk;
    const views = page.getByAltText(/^View \d$/);
    await expect(views.first()).toBeVisible();
    expect(await views.count()).toBeGreaterThanOrEqual(8);
    const before = await views.first().getAttribute('src');
    await page.getByRole('button', { name: 'Other photos' }).click();
    await expect(views.first()).not.toHaveAttribute('src', before!);
  });
}
