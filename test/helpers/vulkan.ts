/**
 * Vulkan without a graphics card, for tests of the WebGPU provider: SwiftShader, as a system's Chromium has it or as
 * @sparticuz/chromium carries it (Linux x64). Right to 1e-6, about 0.5 GFLOP/s: tiny shapes only.
 */
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const systemDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];
const systemLoaders = [
  '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
  '/usr/lib64/libvulkan.so.1',
  '/usr/lib/libvulkan.so.1',
];

let found: Record<string, string> | null | undefined;

/**
 * What a process needs in its environment to find the driver, or null where there is none. VK_ICD_FILENAMES may be
 * set in a running process; LD_LIBRARY_PATH, for the loader where the system has none, counts at a process's start.
 */
export function softwareVulkan(): Record<string, string> | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  return (found ??= find());
}

/** Makes it the driver of this process and of those it starts; whether there is one. */
export function useSoftwareVulkan(): boolean {
  const environment = softwareVulkan();
  if (environment) Object.assign(process.env, environment);
  return environment !== null;
}

function find(): Record<string, string> | null {
  const named = process.env.VK_ICD_FILENAMES;
  const driver = named ?? systemDrivers.find((path) => existsSync(path));
  if (driver && systemLoaders.some((path) => existsSync(path))) return { VK_ICD_FILENAMES: driver };
  const folder = unpacked();
  return folder === null
    ? null
    : {
        VK_ICD_FILENAMES: driver ?? join(folder, 'vk_swiftshader_icd.json'),
        LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      };
}

/** The driver and the loader out of the package, in a temporary folder that later processes find. */
function unpacked(): string | null {
  try {
    const archive = join(
      dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')),
      '..',
      '..',
      'bin',
      'swiftshader.tar.br',
    );
    const home = join(tmpdir(), `lookalike-swiftshader-${statSync(archive).mtimeMs}`);
    if (existsSync(home)) return home;
    const tar = brotliDecompressSync(readFileSync(archive));
    const folder = mkdtempSync(`${home}-`);
    for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
      const text = (from: number, length: number) =>
        tar.toString('latin1', at + from, at + from + length).split('\0')[0]!;
      const [name, size] = [text(0, 100), Number.parseInt(text(124, 12), 8)];
      if (size > 0) writeFileSync(join(folder, name.split('/').at(-1)!), tar.subarray(at + 512, at + 512 + size));
      at += 512 + 512 * Math.ceil(size / 512);
    }
    renameSync(folder, home);
    return home;
  } catch {
    return null; // not installed for this platform
  }
}
