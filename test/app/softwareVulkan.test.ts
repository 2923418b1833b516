/**
 * The self-test of the WebGPU provider as a person gets it, on software Vulkan, and a run whose views the device makes
 * because it passed: the real trainer in a process of its own.
 * Skipped, with the reason, only where there is no software Vulkan; on Linux x64 the npm package of Chromium carries one.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { AppEvent } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import { testFolder } from '../helpers/folders.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';

const found = useSoftwareVulkan();
if (!found) console.log(`skipped: no software Vulkan on ${process.platform} ${process.arch}`);

it.skipIf(!found)(
  'software Vulkan passes the self-test, is named as what it is, is never automatic, and makes the views of a run',
  { timeout: 900_000 },
  async () => {
    const directory = testFolder('vulkan-home');
    const app = await createApp({
      home: directory,
      host: { kind: 'test', version: '0' },
      checkResults: true,
      devices: { selfTestSeconds: 540 },
    });
    try {
      const listed = await app.handle('system.devices', null);
      expect(listed.devices.find(({ provider }) => provider === 'webgpu')).toMatchObject({
        name: 'SwiftShader',
        kind: 'software',
        test: null,
      });
      const { auto, devices } = await app.handle('system.testDevices', { provider: 'webgpu', again: false });
      const { test } = devices.find(({ provider }) => provider === 'webgpu')!;
      expect(test).toMatchObject({ outcome: 'passed', views: { outcome: 'passed' } });
      console.log(`its views are off by ${test!.views!.values['difference']} of full brightness at most`);
      expect(parseFloat(String(test!.values['difference']))).toBeLessThan(0.05); // per cent: what it is, not rounding around zero
      expect(test!.stepMilliseconds).toBeGreaterThan(0);
      expect(auto).toBe('cpu');

      const photos = join(directory, 'photos');
      mkdirSync(photos);
      for (let i = 0; i < 16; i++)
        await sharp({ create: { width: 20 + i, height: 36 - i, channels: 3, background: `hsl(${i * 22},60%,50%)` } })
          .png()
          .toFile(join(photos, `${i}.png`));
      const events: AppEvent[] = [];
      app.onEvent((event) => events.push(event));
      const { id: datasetId } = await app.handle('library.add', { folder: photos, read: false });
      const network = {
        backbone: { width: 0.125, stem: 'cifar' },
        head: { hiddenDim: 32, outputDim: 32 },
        predictor: { hiddenDim: 8 },
      };
      const { id } = await app.handle('runs.create', {
        datasetId,
        name: null,
        preset: null,
        patch: { ...network, imageSize: 16, batchSize: 8, epochs: 1, device: 'webgpu' },
      });
      const run = () => app.handle('runs.get', { runId: id });
      await expect.poll(async () => (await run()).state, { timeout: 300_000, interval: 250 }).toBe('finished');
      expect(await run()).toMatchObject({ step: 2, device: 'webgpu', config: { viewsBy: 'auto' } });
      const started = events.find((event) => event.name === 'started');
      expect(started!.config).toMatchObject({ device: 'webgpu', viewsBy: 'device' });
    } finally {
      await app.close();
    }
  },
);

it('runs where it must', () => {
  if (process.platform === 'linux' && process.arch === 'x64') expect(found).toBe(true);
});
