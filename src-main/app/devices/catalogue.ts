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
}

export type Found = Omit<Device, 'test' | 'testing'>;

/** What ONNX Runtime's npm package holds is by platform; a provider without any graphics card is left out. */
export function catalogue({ platform, arch, processor, memoryBytes, graphics }: MachineFacts): Found[] {
  const found: Found[] = [{ provider: 'cpu', name: processor, kind: 'processor', memoryBytes, driver: null }];
  const add = (provider: Device['provider'], gpu: Gpu | null) => {
    if (gpu)
      found.push({
        provider,
        name: gpu.name,
        kind: gpu.kind,
        memoryBytes: gpu.memoryBytes,
        driver: gpu.driver,
      });
  };
  const any = strongest(graphics.gpus);
  if (platform === 'win32') {
    add('webgpu', any);
    add('dml', any);
  } else if (platform === 'darwin') add('webgpu', any);
  else if (platform === 'linux' && arch === 'x64') {
    add('webgpu', strongest(graphics.webgpu) ?? any); // a card that no Vulkan driver reaches: its self-test says so
    add('cuda', strongest(graphics.gpus.filter(({ vendor }) => vendor === 'nvidia')));
  }
  return found;
}
