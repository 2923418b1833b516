/** Which of the runtime's providers this machine may have, each with the device it would use. A pure function of facts. */
import type { Device } from '../../../shared/contract.ts';
import { strongest } from './gpu.ts';
import type { Gpu } from './gpu.ts';
import type { Graphics } from './gpus.ts';

export interface MachineFacts {
  platform: NodeJS.Platform;
  arch: string;
  processor: string;
  memoryBytes: number;
  graphics: Graphics;
  /** 'TensorFlow.js 4.22.0' where a person has named a folder with it: it then serves CUDA instead of ONNX Runtime. */
  tensorFlow?: string | null;
}

export type Found = Omit<Device, 'test' | 'testing'>;

/**
 * The processor, and each provider that ONNX Runtime's npm package has on this platform and a graphics card serves.
 */
export function catalogue({
  platform,
  arch,
  processor,
  memoryBytes,
  graphics,
  tensorFlow = null,
}: MachineFacts): Found[] {
  const found: Found[] = [{ provider: 'cpu', name: processor, kind: 'processor', memoryBytes, driver: null }];
  const add = (provider: Device['provider'], gpu: Gpu | null) => {
    if (gpu) found.push({ provider, name: gpu.name, kind: gpu.kind, memoryBytes: gpu.memoryBytes, driver: gpu.driver });
  };
  const nvidia = strongest(graphics.gpus.filter(({ vendor }) => vendor === 'nvidia'));
  const any = strongest(graphics.gpus);
  if (platform === 'win32') {
    add('webgpu', any);
    // DirectML is not told which card and takes DXGI's first: the one whose screen shows the desktop, on a laptop often the weaker.
    add('dml', strongest(graphics.gpus.filter(({ drivesScreen, kind }) => drivesScreen && kind !== 'software')) ?? any);
  } else if (platform === 'darwin') add('webgpu', any);
  else if (platform === 'linux' && arch === 'x64') {
    add('webgpu', strongest(graphics.webgpu) ?? any); // a card that no Vulkan driver reaches: its self-test says so
    if (tensorFlow === null) add('cuda', nvidia);
  }
  if (tensorFlow !== null) {
    // Listed without a card as well: its self-test says what is missing. The name is part of what a test is remembered by.
    const gpu = nvidia ?? { name: '', vendor: 'other', kind: 'unknown', memoryBytes: null, driver: null };
    add('cuda', { ...gpu, name: nvidia ? `${nvidia.name} (${tensorFlow})` : tensorFlow });
  }
  return found;
}
