/**
 * From a folder to an exported encoder, in one window with the real trainer: every step a person takes, each
 * building on the one before.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { backboneShapes } from '../../shared/backbone.ts';
import type { Evaluation } from '../../shared/contract.ts';
import { encodeSafetensors } from '../../src-main/export/index.ts';
import { startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { ExplorePlace, LibraryPlace, MonitorPlace, NewRunPlace, tiles } from './pages/places.ts';
import { renderPhotos } from './photos.ts';

test.describe.configure({ mode: 'serial' });

let host: RunningHost;
let folder: string;
let page: Page;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-photos-')), 24);
  host = await startHost();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A file that turns out to be no photo has no thumbnail: the answer 404 is right, and is listed as unreadable.
    if (message.type() === 'error' && !/\/image\//.test(message.location().url)) complaints.push(message.text());
  });
  await page.goto(host.url);
});
test.afterAll(async () => {
  await page.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the token disappears from the address', async () => {
  expect(page.url()).not.toContain('token');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('An eye of your own');
});

test('a folder is added, and its unreadable file reported', async () => {
  const library = new LibraryPlace(page);
  await library.addFolder(folder);
  await expect(page.getByText('96 photos').first()).toBeVisible({ timeout: 60_000 });
  await expect(tiles(library.grid()).first().locator('img')).toHaveJSProperty('complete', true);
  await library.openTab('Unreadable (1)');
  await expect(page.getByRole('cell', { name: 'broken.jpg' })).toBeVisible();
});

test('a photo that is dropped there is no folder', async () => {
  await dropPhoto('Drop the folder to add it');
  await expect(page.getByText('That is a file. Drop the folder that holds your photos.')).toBeVisible();
});

test('photos are found by name, excluded, and taken back by undo', async () => {
  const library = new LibraryPlace(page);
  await library.openTab('Photos');
  await page.keyboard.press('/');
  await page.keyboard.type('circle-00');
  await expect(tiles(library.grid())).toHaveCount(10);
  await tiles(library.grid()).first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await library.button('Exclude from training').click();
  await expect(page.getByText('2 excluded')).toBeVisible();
  await library.notices.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('2 excluded')).toBeHidden();
});

test('a tag renamed to the name of another is merged into it, which is said and can be undone', async () => {
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  const { notices } = new LibraryPlace(page);
  await bar.getByText('Tag', { exact: true }).click();
  for (const name of ['ring', 'hoop']) {
    await bar.getByRole('textbox', { name: 'New tag' }).fill(name);
    await page.keyboard.press('Enter');
    await expect(notices).toContainText(`2 photos were tagged “${name}”.`);
  }
  await bar.getByRole('checkbox', { name: 'Change tags' }).check();
  const hoop = bar.getByRole('textbox', { name: /^Name of hoop/ });
  await hoop.fill('  ');
  await page.keyboard.press('Enter');
  await expect(hoop).toHaveValue('hoop');
  await hoop.fill('Ring');
  await page.keyboard.press('Enter');
  await expect(notices).toContainText('The tag “hoop” was merged into “ring”.');
  await expect(hoop).toBeHidden();
  await notices.getByRole('button', { name: 'Undo' }).last().click(); // a press beside the menu closes it
  await bar.getByText('Tag', { exact: true }).click();
  await expect(hoop).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
});

test('a setting that cannot work is refused with its remedy', async () => {
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
  const views = page.getByAltText(/^View \d$/);
  await expect(views.first()).toBeVisible();
  expect(await views.count()).toBeGreaterThanOrEqual(8);
  const before = await views.first().getAttribute('src');
  await page.getByRole('button', { name: 'Others' }).click();
  await expect(views.first()).not.toHaveAttribute('src', before!);
});

test('a run starts and its charts move', async () => {
  const form = new NewRunPlace(page);
  await form.setName('first');
  await form.set('Image size', 32);
  await form.set('Batch size', 32);
  await form.trainEpochs(120);
  await form.start.click();
  const monitor = new MonitorPlace(page);
  await monitor.expectState('Running');
  await expect(monitor.chart('Effective rank')).toHaveAccessibleName(/features [\d.]+/, { timeout: 60_000 });
  const loss = await monitor.chart('Loss').getAttribute('aria-label');
  await expect(monitor.chart('Loss')).not.toHaveAttribute('aria-label', loss!);
  await expect(
    page
      .getByRole('region', { name: 'Verdict' })
      .or(page.getByRole('status', { name: 'Verdict' }))
      .or(page.getByRole('alert', { name: 'Verdict' })),
  ).toBeVisible();
});

test('it pauses by the space bar, and resumes', async () => {
  const monitor = new MonitorPlace(page);
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Space');
  await monitor.expectState('Paused');
  const epoch = await monitor.epoch();
  await page.waitForTimeout(1500);
  expect(await monitor.epoch()).toBe(epoch);
  await monitor.button('Resume').first().click();
  await monitor.expectState('Running');
});

test('a reload in the middle loses nothing, and a second page agrees', async ({ browser }) => {
  const monitor = new MonitorPlace(page);
  await expect.poll(() => monitor.epoch()).toBeGreaterThan(1);
  await page.reload();
  await expect(monitor.chart('Loss')).toHaveAccessibleName(/-?[\d.]+/);
  const second = await browser.newPage();
  await second.goto(host.url);
  await second.goto(page.url());
  const other = new MonitorPlace(second);
  await other.button('Pause').first().click();
  await Promise.all([monitor.expectState('Paused'), other.expectState('Paused')]);
  const name = (of: MonitorPlace) => of.chart('Loss').getAttribute('aria-label');
  await expect.poll(async () => (await name(monitor)) === (await name(other))).toBe(true);
  expect(await monitor.epoch()).toBe(await other.epoch());
  // The steps before the reload are in the table: the curve begins at its beginning.
  await monitor.button('Table of Loss').click();
  await expect(
    page.getByRole('region', { name: 'Table of Loss' }).getByRole('row').nth(1).getByRole('cell').nth(1),
  ).toHaveText(/^0(\.\d+)?$/);
  await monitor.button('Resume').first().click();
  await other.expectState('Running');
  await second.close();
});

test('it finishes, with checkpoints and a strip of neighbours', async () => {
  const monitor = new MonitorPlace(page);
  await monitor.expectState('Finished', 150_000);
  await expect(page.getByRole('cell', { name: /^final/ })).toBeVisible();
  await expect(page.getByAltText('Query photo').first()).toBeVisible();
  await expect(page.getByAltText('Neighbour 1').first()).toBeVisible();
});

test('neighbours are browsed three clicks deep, and back by the trail', async () => {
  const explore = new ExplorePlace(page);
  await page.getByRole('main').getByRole('link', { name: 'Explore' }).first().click();
  await expect(tiles(explore.grid()).first()).toBeVisible({ timeout: 60_000 });
  for (let depth = 1; depth <= 3; depth++) {
    await tiles(explore.grid()).nth(depth).click();
    await expect(explore.trail).toHaveCount(depth + 1);
    await expect(tiles(explore.grid()).first()).toBeFocused(); // another list begins at its first photo
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
      /, Number 1 of \d+ by likeness, closer than [\d.]+\s% of all pairs of these photos \(cosine -?[01]\.\d{3}\)$/,
    );
  }
  await explore.trail.nth(1).getByRole('button').click();
  await expect(explore.trail).toHaveCount(2);
});

test('Explore keeps its place: Back goes a step back, and a reload shows the same', async () => {
  const explore = new ExplorePlace(page);
  const pressed = (name: string) => page.getByRole('button', { name, exact: true, pressed: true });
  const slider = page.getByRole('slider', { name: 'Closer than' });
  await tiles(explore.grid()).nth(2).click();
  await expect(explore.trail).toHaveCount(3);
  await page.getByRole('button', { name: 'Outliers' }).click();
  await expect(pressed('Outliers')).toBeVisible();
  await expect(page).toHaveURL(/run=.*mode=outliers&photo=/);
  await page.reload();
  await expect(pressed('Outliers')).toBeVisible();
  await page.goBack();
  await expect(pressed('Neighbours')).toBeVisible();
  await expect(explore.trail).toHaveCount(3);
  await slider.fill('1');
  await expect(page).toHaveURL(/closer=0\.9(&|$)/);
  const names = () =>
    tiles(explore.grid()).evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label')).join());
  const before = await names();
  await page.reload();
  await expect(explore.trail).toHaveCount(3);
  await expect(slider).toHaveValue('1');
  await expect.poll(names).toBe(before);
  await slider.fill('0');
});

test('the similarity slider leaves out what is less alike', async () => {
  const explore = new ExplorePlace(page);
  const slider = page.getByRole('slider', { name: 'Closer than' });
  const before = Number(/(\d+) photos? in/.exec(await page.getByText(/photos? in [\d.]+ ms/).innerText())![1]);
  await slider.fill('1.3');
  await expect
    .poll(async () => Number(/(\d+) photos? in/.exec(await page.getByText(/photos? in [\d.]+ ms/).innerText())![1]))
    .toBeLessThan(before);
  for (const name of await tiles(explore.grid()).evaluateAll((all) =>
    all.map((tile) => tile.getAttribute('aria-label')!),
  ))
    expect(Number(/closer than ([\d.]+)/.exec(name)![1])).toBeGreaterThanOrEqual(94.9);
  await slider.fill('0');
});

/** Drags a photo over the window and drops it; `veil` is shown meanwhile. */
async function dropPhoto(veil: string): Promise<void> {
  const bytes = readFileSync(join(folder, 'square', 'square-003.png')).toString('base64');
  const dataTransfer = await page.evaluateHandle(async (base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(
      new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'mine.png', { type: 'image/png' }),
    );
    return transfer;
  }, bytes);
  const main = page.getByRole('main');
  await expect(page.getByText(veil)).toHaveCount(0);
  for (const type of ['dragenter', 'dragover']) await main.dispatchEvent(type, { dataTransfer });
  await expect(page.getByText(veil)).toBeVisible();
  await main.dispatchEvent('drop', { dataTransfer });
  await expect(page.getByText(veil)).toHaveCount(0);
}

test('a dropped photo finds itself first', async () => {
  const explore = new ExplorePlace(page);
  await dropPhoto('Drop the photo to find its like');
  await expect(explore.trail.last().getByRole('button', { name: 'mine.png' })).toBeVisible();
  await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
    /, Number 1 of .*closer than 99\.99.*\(cosine (1\.000|0\.99\d)\)$/,
  );
});

test('an image that is picked or pasted is asked about as well', async () => {
  const explore = new ExplorePlace(page);
  const buffer = readFileSync(join(folder, 'circle', 'circle-002.png'));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Query with a photo' }).click();
  await (await chooser).setFiles({ name: 'picked.png', mimeType: 'image/png', buffer });
  await expect(explore.trail.last().getByRole('button', { name: 'picked.png' })).toBeVisible();
  await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
    /, Number 1 of .*closer than 99\.99.*\(cosine (1\.000|0\.99\d)\)$/,
  );
  await page.evaluate((base64) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, buffer.toString('base64'));
  await expect(explore.trail.last().getByRole('button', { name: 'pasted.png' })).toBeVisible();
});

test('the lasso selects on the map', async () => {
  await page.getByRole('button', { name: 'All photos' }).first().click();
  await page.getByRole('button', { name: /^Lasso/ }).click();
  const box = (await page.getByRole('img', { name: /^Map of 96 photos/ }).boundingBox())!;
  const at = (x: number, y: number) => page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 4 });
  await at(0.02, 0.02);
  await page.mouse.down();
  for (const [x, y] of [
    [0.98, 0.02],
    [0.98, 0.98],
    [0.02, 0.98],
    [0.02, 0.02],
  ] as const)
    await at(x, y);
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Selection (96)' })).toBeVisible();
});

test('clusters, duplicates and outliers open', async () => {
  await page.getByRole('button', { name: 'Clusters' }).click();
  await expect(page.getByText(/^Neighbours within are closer than [\d.]+\s% of all pairs$/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Duplicates', exact: true }).click();
  await page.getByRole('button', { name: 'Look for duplicates' }).click();
  await expect(page.getByRole('button', { name: /^Same picture \(\d+\)$/ })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Outliers' }).click();
  await expect(tiles(new ExplorePlace(page).grid()).first()).toBeVisible();
});

test('an evaluation leads to the photos behind a cell', async () => {
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
});

test('a linear classifier is fitted as a paper does, and the result says so', async () => {
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
  const window = new LibraryPlace(page);
  await window.go('Export');
  await expect(page.getByRole('checkbox', { name: /^Detectron2/ })).toBeDisabled();
  await expect(page.getByText('Detectron2 has no resnet18 of width')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^ONNX/ })).toBeEnabled();
});

test('two runs are compared', async () => {
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
  const window = new LibraryPlace(page);
  await window.button('Delete second').click();
  const dialog = page.getByRole('dialog', { name: 'Delete “second”?' });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('link', { name: 'second', exact: true })).toBeHidden();
  await window.notices.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: 'second', exact: true })).toBeVisible();
});

test('an export is verified, and its file runs in onnxruntime', async () => {
  const window = new LibraryPlace(page);
  await window.go('Export');
  await page.getByRole('checkbox', { name: /^Parquet/ }).check();
  await window.button('Export 3 formats').click();
  const result = page.getByRole('region', { name: 'What was exported' });
  await expect(result).toBeVisible({ timeout: 60_000 });
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

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
