/**
 * Graphics cards on Linux: NVIDIA's from its own tool or its driver's files, others from the kernel's list with names
 * from pci.ids; and which of them Vulkan, and so the WebGPU provider, can reach. Parsers only: gpus.ts reads.
 */
import type { Gpu } from './gpu.ts';
import { vendorOf } from './gpu.ts';

/** `nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits`; memory in MiB. */
export function parseNvidiaSmi(text: string): Gpu[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((part) => part.trim()))
    .filter((parts) => parts.length === 3 && parts[0] !== '')
    .map(([name, memory, driver]) => ({
      name: name!,
      vendor: 'nvidia',
      kind: 'discrete',
      memoryBytes: Number(memory) > 0 ? Number(memory) * 2 ** 20 : null, // [N/A] on boards that share the computer's
      driver: driver || null,
    }));
}

/** /proc/driver/nvidia/gpus/<bus>/information and /proc/driver/nvidia/version: a driver without its tools. */
export function parseNvidiaProc(information: string, version: string): Gpu | null {
  const name = /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim();
  if (!name) return null;
  const driver = /Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? null;
  return {
    name: vendorOf(name) === 'nvidia' && !/nvidia/i.test(name) ? `NVIDIA ${name}` : name,
    vendor: 'nvidia',
    kind: 'discrete',
    memoryBytes: null,
    driver,
  };
}

/** One of /sys/class/drm/card<n>/device, as its files say. */
export interface DrmCard {
  /** 0x1002 */
  vendor: string;
  device: string;
  /** Kernel module: amdgpu, i915, xe, nouveau, virtio-pci. */
  module: string;
  /** mem_info_vram_total (amdgpu), bytes. */
  memory: string | null;
}

/** An integrated AMD chip sets aside half a gigabyte or two of the computer's memory. */
const leastOwnMemory = 3e9;

/** @param ids the text of pci.ids, '' where there is none; @param kernel its version: the driver is part of it */
export function describeDrmCard(card: DrmCard, ids: string, kernel: string): Gpu {
  const vendor = vendorOf(card.vendor);
  const found = pciName(ids, card.vendor, card.device);
  const maker = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', apple: 'Apple', other: 'Graphics' }[vendor];
  const name = found
    ? vendorOf(found) === vendor && vendor !== 'other' && !found.startsWith('Radeon')
      ? found
      : `${maker} ${found}`
    : `${maker} ${card.vendor}:${card.device}`;
  const memory = Number(card.memory ?? 0);
  const kind =
    vendor === 'nvidia'
      ? 'discrete'
      : vendor === 'amd'
        ? memory >= leastOwnMemory
          ? 'discrete'
          : 'integrated'
        : vendor === 'intel'
          ? /\bArc\b(?!.*Graphics\b.*\b(?:130V|140V))|DG[12]|Battlemage|Alchemist/i.test(name)
            ? 'discrete'
            : 'integrated'
          : 'unknown';
  return {
    name,
    vendor,
    kind,
    memoryBytes: kind === 'discrete' && memory > 0 ? memory : null,
    driver: `${card.module} ${kernel}`,
  };
}

/** The device's name in pci.ids, the marketing name in brackets alone where there is one. */
export function pciName(ids: string, vendor: string, device: string): string | null {
  const hex = (text: string) => text.replace(/^0x/, '').toLowerCase();
  const start = new RegExp(`^${hex(vendor)}\\s`, 'm').exec(ids);
  if (!start) return null;
  const rest = ids.slice(start.index + start[0].length);
  const end = /^[0-9a-f]{4}\s/m.exec(rest);
  const section = end ? rest.slice(0, end.index) : rest;
  const name = new RegExp(`^\\t${hex(device)}\\s+(.+)$`, 'm').exec(section)?.[1]?.trim();
  return name ? (/\[(.+)\]$/.exec(name)?.[1] ?? name) : null;
}

/** A Vulkan driver by its manifest's file name or library: whose cards it drives, or the software it is. */
export function vulkanDriver(manifest: string): Gpu['vendor'] | { software: string } {
  if (/swiftshader/i.test(manifest)) return { software: 'SwiftShader' };
  if (/lvp|llvmpipe|lavapipe/i.test(manifest)) return { software: 'llvmpipe' };
  if (/nouveau/i.test(manifest)) return 'nvidia';
  return vendorOf(manifest.replace(/\b(radeon|amd)/i, 'amd '));
}

/** The cards that Vulkan reaches; what is only software is named so. */
export function vulkanGpus(gpus: readonly Gpu[], manifests: readonly string[]): Gpu[] {
  const drivers = manifests.map(vulkanDriver);
  const reached = gpus.filter(({ vendor }) => drivers.some((driver) => driver === vendor || driver === 'other'));
  const software = new Set(drivers.flatMap((driver) => (typeof driver === 'object' ? [driver.software] : [])));
  return [
    ...reached,
    ...[...software].map((name): Gpu => ({ name, vendor: 'other', kind: 'software', memoryBytes: null, driver: null })),
  ];
}
