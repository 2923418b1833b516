/** Reads what the operating system says of graphics cards. Whatever is missing, slow or odd is none, never an error. */
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Gpu } from './gpu.ts';
import { describeDrmCard, parseNvidiaProc, parseNvidiaSmi, vulkanGpus } from './linux.ts';
import { parseMac } from './mac.ts';
import { parseWindows, windowsCommand } from './windows.ts';

export interface Graphics {
  gpus: Gpu[];
  /** Those that the WebGPU provider can reach; software among them where nothing else is. */
  webgpu: Gpu[];
}

/** A tool that takes longer hangs. */
const limitSeconds = 15;

export async function readGraphics(): Promise<Graphics> {
  if (process.platform === 'win32') {
    const gpus = parseWindows(
      await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsCommand]),
    );
    return { gpus, webgpu: gpus };
  }
  if (process.platform === 'darwin') {
    const gpus = parseMac(await run('/usr/sbin/system_profiler', ['SPDisplaysDataType', '-json']));
    return { gpus, webgpu: gpus };
  }
  const [nvidia, others] = await Promise.all([nvidiaGpus(), drmGpus()]);
  const gpus = [...nvidia, ...others.filter(({ vendor }) => vendor !== 'nvidia' || nvidia.length === 0)];
  return { gpus, webgpu: vulkanGpus(gpus, await vulkanManifests()) };
}

const run = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve) =>
    execFile(
      program,
      args,
      { timeout: limitSeconds * 1000, killSignal: 'SIGKILL', maxBuffer: 4e6, windowsHide: true },
      (error, stdout) => resolve(error ? '' : stdout),
    ),
  );

const text = async (file: string): Promise<string> => (await readFile(file, 'utf8').catch(() => '')).trim();
const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

async function nvidiaGpus(): Promise<Gpu[]> {
  const told = parseNvidiaSmi(
    await run('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits']),
  );
  if (told.length > 0) return told;
  const folder = '/proc/driver/nvidia/gpus';
  const version = await text('/proc/driver/nvidia/version');
  const found = (await names(folder)).map(async (bus) =>
    parseNvidiaProc(await text(join(folder, bus, 'information')), version),
  );
  return (await Promise.all(found)).filter((gpu) => gpu !== null);
}

async function drmGpus(): Promise<Gpu[]> {
  const folder = '/sys/class/drm';
  const cards = (await names(folder)).filter((name) => /^card\d+$/.test(name));
  if (cards.length === 0) return [];
  const ids = (await text('/usr/share/misc/pci.ids')) || (await text('/usr/share/hwdata/pci.ids'));
  const found = cards.map(async (card): Promise<Gpu | null> => {
    const file = (name: string) => text(join(folder, card, 'device', name));
    const [vendor, device, uevent, memory] = await Promise.all([
      file('vendor'),
      file('device'),
      file('uevent'),
      file('mem_info_vram_total'),
    ]);
    if (vendor === '') return null; // a screen without a card, as on boards with a display engine of its own
    const module = /^DRIVER=(.+)$/m.exec(uevent)?.[1] ?? 'unknown';
    return describeDrmCard({ vendor, device, module, memory: memory || null }, ids, release());
  });
  return (await Promise.all(found)).filter((gpu) => gpu !== null);
}

/** As Vulkan's loader finds them: those that the environment names, else those installed. */
async function vulkanManifests(): Promise<string[]> {
  const named = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'];
  if (named) return named.split(':').filter(Boolean);
  const folders = ['/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'];
  return (await Promise.all(folders.map(names))).flat().filter((name) => name.endsWith('.json'));
}
