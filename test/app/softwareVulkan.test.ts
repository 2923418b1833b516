/**
 * The self-test of the WebGPU provider as a person gets it, on software Vulkan: the real trainer in a process of its own.
 * Skipped, with the reason, only where there is no software Vulkan; on Linux x64 the npm package of Chromium carries one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../../src-main/app/index.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';

const found = useSoftwareVulkan();
if (!found) console.log(`skipped: no software Vulkan on ${process.platform} ${process.arch}`);

it.skipIf(!found)(
  'software Vulkan passes the self-test, is named as what it is, and is never automatic',
  { timeout: 600_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lookalike-vulkan-home-'));
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
      expect(test).toMatchObject({ outcome: 'passed' });
      expect(parseFloat(String(test!.values['difference']))).toBeLessThan(0.05); // per cent: what it is, not rounding around zero
      expect(test!.stepMilliseconds).toBeGreaterThan(0);
      expect(auto).toBe('cpu');
    } finally {
      await app.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

it('runs where it must', () => {
  if (process.platform === 'linux' && process.arch === 'x64') expect(found).toBe(true);
});
