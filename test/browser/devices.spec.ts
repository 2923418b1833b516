/** Devices in the window: what is there and works, the choice of one, and the way out when it gives up in a run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Device } from '../../shared/contract.ts';
import { forkLauncher } from '../../src-main/app/index.ts';
import { card, processor } from '../helpers/machine.ts';
import { startHost } from './host.ts';
import { MonitorPlace } from './pages/places.ts';
import { Window } from './pages/window.ts';
import { renderPhotos } from './photos.ts';

/** One for all: where Chromium is a single process (@sparticuz/chromium) the last page takes it along. */
let page: Page;
test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
});
test.afterAll(() => page.close());

/** Photos, and a host on a machine that has these devices, of which the card is a double. */
async function hostWith(...found: Pick<Device, 'provider' | 'name' | 'kind' | 'memoryBytes' | 'driver'>[]) {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-device-photos-'));
  await renderPhotos(folder, 8);
  const launch = forkLauncher(new URL('../helpers/deviceDoubleProcess.ts', import.meta.url));
  const host = await startHost({ app: { launch, devices: { find: async () => found } } });
  const close = async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { host, folder, close };
}

test('a card that passes can be chosen; when it is lost the run goes on on the processor', async () => {
  process.env['FAULT_IN_RUN'] = 'lost@6';
  const { host, folder, close } = await hostWith(processor, card);
  try {
    const { id: datasetId } = await host.app.handle('library.add', { folder });
    await page.goto(host.url);
    const window = new Window(page);

    await window.go('Settings');
    const row = page.getByRole('listitem').filter({ hasText: 'Test card' });
    await expect(row).toContainText('works: a training step agrees', { timeout: 60_000 });
    await expect(row).toContainText('as fast as the processor');
    await row.getByRole('button', { name: 'It makes the views itself, as the processor does' }).focus();
    await expect(page.getByText('need not wait for the processor')).toBeVisible();
    await expect(row).toContainText('4 GB memory · driver 1.0');
    await expect(page.getByLabel('Device', { exact: true })).toContainText('Automatic: GPU (WebGPU)');
    await row.getByRole('button', { name: 'Test again' }).click();
    await expect(row.getByRole('button', { name: 'Test again' })).toBeEnabled({ timeout: 60_000 });

    await window.go('New run');
    const choice = page.getByRole('combobox', { name: 'Device' });
    await expect(choice).toContainText('GPU (WebGPU): Test card');
    await expect(choice.locator('option', { hasText: 'CUDA' })).toBeDisabled();
    await expect(page.getByText('GPU memory')).toBeVisible();

    const patch = {
      imageSize: 16,
      batchSize: 8,
      epochs: 3,
      minutes: null,
      backbone: { width: 0.125, stem: 'cifar' },
      device: 'webgpu',
    };
    const { id } = await host.app.handle('runs.create', { datasetId, name: 'first', preset: 'quick', patch });
    await page.goto(new URL(`#/monitor/${id}`, page.url()).href);
    const monitor = new MonitorPlace(page);
    await monitor.expectState('Interrupted', 120_000);
    await expect(page.getByRole('alert')).toContainText('was lost');
    await page.getByRole('button', { name: 'Continue on the processor' }).click();
    await monitor.expectState('Finished', 120_000);
  } finally {
    delete process.env['FAULT_IN_RUN'];
    await close();
  }
});

test('New run says what a device has, and why one cannot be chosen, with the way to test it', async () => {
  process.env['FAULT_IN_SELF_TEST'] = 'wrong';
  const software = {
    provider: 'cuda',
    name: 'SwiftShader',
    kind: 'software',
    memoryBytes: null,
    driver: null,
  } as const;
  const { host, folder, close } = await hostWith(processor, card, software);
  try {
    await host.app.handle('library.add', { folder });
    await host.app.handle('system.testDevices', { provider: 'webgpu', again: false });
    await page.goto(host.url);
    const window = new Window(page);
    await window.go('New run');
    const choice = page.getByRole('combobox', { name: 'Device' });
    const option = (text: string) => choice.locator('option', { hasText: text });
    await expect(option('Test card · 4 GB memory · did not pass its self-test')).toBeDisabled();
    await expect(option('SwiftShader · not tested yet')).toBeDisabled();
    await expect(option('DirectML) · not on this machine')).toBeDisabled();
    await expect(page.getByText('GPU (WebGPU), Test card: it computes wrong numbers')).toBeVisible();
    await expect(page.getByText('GPU (CUDA), SwiftShader: Not tested yet.')).toBeVisible();
    if (process.env['SHOTS'])
      for (const [colorScheme, language] of [
        ['light', 'en'],
        ['dark', 'zh-CN'],
      ] as const) {
        await host.app.handle('system.setSettings', { theme: colorScheme, language });
        await page.getByRole('combobox', { name: language === 'en' ? 'Device' : '设备' }).scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(process.env['SHOTS'], `new-${colorScheme}.png`) });
      }
    await host.app.handle('system.setSettings', { language: 'en' });
    await page.getByRole('button', { name: 'Test devices in Settings' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Test card' })).toContainText('wrong numbers');
  } finally {
    delete process.env['FAULT_IN_SELF_TEST'];
    await close();
  }
});
