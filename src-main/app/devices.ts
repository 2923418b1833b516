/** The self-test of each computing device: a few real training steps of a very small network, in a process of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { Doctor } from '../../shared/contract.ts';
import { computeJob } from './compute/job.ts';
import type { AppContext } from './context.ts';

/** A device that takes longer than this for a handful of tiny steps is of no use. */
const timeoutSeconds = 60;

const names: Record<Exclude<RunConfig['device'], 'auto'>, string> = {
  cpu: 'processor',
  webgpu: 'graphics card (WebGPU)',
  dml: 'graphics card (DirectML)',
  cuda: 'NVIDIA graphics card (CUDA)',
};

/** What ONNX Runtime's package for this platform may hold. */
const candidates = (): (keyof typeof names)[] => {
  if (process.platform === 'win32') return ['cpu', 'webgpu', 'dml'];
  if (process.platform === 'darwin') return ['cpu', 'webgpu'];
  return process.arch === 'x64' ? ['cpu', 'webgpu', 'cuda'] : ['cpu'];
};

export async function testDevices(context: AppContext): Promise<Doctor['devices']> {
  const devices: Doctor['devices'] = [];
  for (const device of candidates()) devices.push(await testDevice(context, device)); // one after the other: they would disturb each other
  return devices;
}

async function testDevice(
  context: AppContext,
  device: keyof typeof names,
): Promise<Doctor['devices'][number]> {
  const name = `${device}, ${names[device]}`;
  // its own cache: the speed of a toy network must not be taken for the machine's
  const directory = await mkdtemp(join(context.paths.cache, 'self-test-'));
  try {
    const config = parseConfig({
      backbone: { width: 0.125, stem: 'cifar' },
      imageSize: 32,
      batchSize: 8,
      epochs: 1,
      head: { hiddenDim: 32, outputDim: 32 },
      predictor: { hiddenDim: 8 },
      device,
    });
    const began = performance.now();
    await computeJob(
      context,
      {
        kind: 'estimate',
        config,
        images: 64,
        measure: true,
        cacheDirectory: directory,
        cacheBytes: 1e9,
        directory,
      },
      {
        signal: AbortSignal.any([context.closing, AbortSignal.timeout(timeoutSeconds * 1000)]),
        progress: () => {},
      },
    );
    return {
      name,
      available: true,
      detail: `trained four small steps, ${((performance.now() - began) / 1000).toFixed(1)} s in all`,
    };
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    return {
      name,
      available: false,
      detail:
        code === 'cancelled'
          ? `no answer in ${timeoutSeconds} seconds`
          : message.replace(/\s+/g, ' ').slice(0, 300),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
