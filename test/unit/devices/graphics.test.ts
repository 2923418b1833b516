/** What operating systems say of graphics cards, as captured, and what the catalogue makes of it. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src-main/app/devices/catalogue.ts';
import type { MachineFacts } from '../../../src-main/app/devices/catalogue.ts';
import { strongest } from '../../../src-main/app/devices/gpu.ts';
import type { Gpu } from '../../../src-main/app/devices/gpu.ts';
import {
  describeDrmCard,
  parseNvidiaProc,
  parseNvidiaSmi,
  pciName,
  vulkanDriver,
  vulkanGpus,
} from '../../../src-main/app/devices/linux.ts';
import { parseMac } from '../../../src-main/app/devices/mac.ts';
import { parseWindows } from '../../../src-main/app/devices/windows.ts';

describe('Linux', () => {
  it('reads nvidia-smi', () => {
    expect(parseNvidiaSmi('NVIDIA GeForce RTX 3060, 12288, 550.54.14\nNVIDIA GB10, [N/A], 580.95.05\n')).toEqual([
      {
        name: 'NVIDIA GeForce RTX 3060',
        vendor: 'nvidia',
        kind: 'discrete',
        memoryBytes: 12288 * 2 ** 20,
        driver: '550.54.14',
      },
      { name: 'NVIDIA GB10', vendor: 'nvidia', kind: 'discrete', memoryBytes: null, driver: '580.95.05' },
    ]);
    expect(
      parseNvidiaSmi(
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n",
      ),
    ).toEqual([]);
    expect(parseNvidiaSmi('')).toEqual([]);
  });

  it('reads the driver’s own files where there is no tool', () => {
    const information =
      'Model: \t\t NVIDIA GeForce RTX 2070\nIRQ:   \t\t 139\nGPU UUID: \t GPU-0a\nVideo BIOS: \t 90.06.18.00.3e\nBus Type: \t PCIe\n';
    const version =
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:  gcc version 12.2.0\n';
    const open = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.90.07  Release Build\n';
    expect(parseNvidiaProc(information, version)).toMatchObject({
      name: 'NVIDIA GeForce RTX 2070',
      driver: '535.183.01',
    });
    expect(parseNvidiaProc(information, open)).toMatchObject({ driver: '550.90.07' });
    expect(parseNvidiaProc('', version)).toBeNull();
  });

  const ids = [
    '1002  Advanced Micro Devices, Inc. [AMD/ATI]',
    '\t1638  Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]',
    '\t73bf  Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]',
    '\t\t1002 0e3a  Radeon RX 6900 XT',
    '8086  Intel Corporation',
    '\t56a0  DG2 [Arc A770]',
    '\t9a49  TigerLake-LP GT2 [Iris Xe Graphics]',
    '',
  ].join('\n');

  it('names cards by pci.ids', () => {
    expect(pciName(ids, '0x1002', '0x73bf')).toBe('Radeon RX 6800/6800 XT / 6900 XT');
    expect(pciName(ids, '0x8086', '0x73bf')).toBeNull();
    expect(pciName('', '0x8086', '0x9a49')).toBeNull();
  });

  it('tells cards of their own from those inside a processor', () => {
    const card = (vendor: string, device: string, module: string, memory: string | null = null) =>
      describeDrmCard({ vendor, device, module, memory }, ids, '6.8.0');
    expect(card('0x1002', '0x73bf', 'amdgpu', '17163091968')).toEqual({
      name: 'AMD Radeon RX 6800/6800 XT / 6900 XT',
      vendor: 'amd',
      kind: 'discrete',
      memoryBytes: 17163091968,
      driver: 'amdgpu 6.8.0',
    });
    expect(card('0x1002', '0x1638', 'amdgpu', '536870912')).toMatchObject({ kind: 'integrated', memoryBytes: null });
    expect(card('0x8086', '0x9a49', 'i915')).toMatchObject({ name: 'Intel Iris Xe Graphics', kind: 'integrated' });
    expect(card('0x8086', '0x56a0', 'xe')).toMatchObject({ name: 'Intel Arc A770', kind: 'discrete' });
    expect(card('0x8086', '0xffff', 'i915')).toMatchObject({ name: 'Intel 0x8086:0xffff' });
    expect(card('0x1af4', '0x1050', 'virtio-pci')).toMatchObject({ vendor: 'other', kind: 'unknown' });
  });

  it('knows what each Vulkan driver drives, and software by its name', () => {
    const software = (name: string) => ({ software: name });
    expect(
      [
        'nvidia_icd.json',
        'radeon_icd.x86_64.json',
        'amd_icd64.json',
        'intel_hasvk_icd.x86_64.json',
        'nouveau_icd.x86_64.json',
        'virtio_icd.x86_64.json',
        'lvp_icd.x86_64.json',
        '/usr/lib/chromium/vk_swiftshader_icd.json',
      ].map(vulkanDriver),
    ).toEqual(['nvidia', 'amd', 'amd', 'intel', 'nvidia', 'other', software('llvmpipe'), software('SwiftShader')]);
  });

  it('reaches by Vulkan what has a driver', () => {
    const nvidia = parseNvidiaSmi('NVIDIA GeForce RTX 3060, 12288, 550.54.14')[0]!;
    const mesa = ['radeon_icd.x86_64.json', 'intel_icd.x86_64.json', 'lvp_icd.x86_64.json'];
    expect(strongest(vulkanGpus([nvidia], ['nvidia_icd.json', ...mesa]))).toBe(nvidia);
    expect(strongest(vulkanGpus([nvidia], mesa))).toMatchObject({ name: 'llvmpipe', kind: 'software' });
    expect(vulkanGpus([nvidia], [])).toEqual([]);
  });
});

describe('Windows', () => {
  const answer = JSON.stringify({
    cards: [
      {
        driver: '31.0.101.5590',
        name: 'Intel(R) Iris(R) Xe Graphics',
        id: 'PCI\\VEN_8086&DEV_9A49&SUBSYS_0A20&REV_01\\3&11583659&0&10',
        ram: '1073741824',
      },
      {
        driver: '32.0.15.6094',
        name: 'NVIDIA GeForce RTX 4070 Laptop GPU',
        id: 'PCI\\VEN_10DE&DEV_2820&SUBSYS_17\\4&2D2',
        ram: '4293918720',
      },
      {
        driver: '10.0.22621.1',
        name: 'Microsoft Remote Display Adapter',
        id: 'SWD\\REMOTEDISPLAYENUM\\RDPIDD_INDIRECTDISPLAY&SESSIONID_2',
        ram: '',
      },
    ],
    memory: [
      { name: 'Intel(R) Iris(R) Xe Graphics', bytes: '1073741824' },
      { name: 'NVIDIA GeForce RTX 4070 Laptop GPU', bytes: '8585740288' },
      { name: null, bytes: '' },
    ],
  });
  it('reads names, drivers and more than 4 GB of memory', () => {
    expect(parseWindows(`${answer}\r\n`)).toEqual([
      {
        name: 'Intel(R) Iris(R) Xe Graphics',
        vendor: 'intel',
        kind: 'integrated',
        memoryBytes: null,
        driver: '31.0.101.5590',
      },
      {
        name: 'NVIDIA GeForce RTX 4070 Laptop GPU',
        vendor: 'nvidia',
        kind: 'discrete',
        memoryBytes: 8585740288,
        driver: '32.0.15.6094',
      },
      {
        name: 'Microsoft Remote Display Adapter',
        vendor: 'other',
        kind: 'software',
        memoryBytes: null,
        driver: '10.0.22621.1',
      },
    ]);
  });
  it('tells which card a screen is attached to', () => {
    const card = (name: string, width?: string) => ({ name, id: 'PCI\\VEN_10DE', width });
    const cards = [card('Intel(R) Iris(R) Xe Graphics', '1920'), card('NVIDIA GeForce RTX 4070', ''), card('AMD')];
    const found = parseWindows(JSON.stringify({ cards, memory: [] }));
    expect(found.map(({ drivesScreen }) => drivesScreen)).toEqual([true, false, undefined]);
  });
  it('tells Radeons with a model number from those inside a processor', () => {
    const kind = (name: string) =>
      parseWindows(JSON.stringify({ cards: [{ name, id: 'PCI\\VEN_1002' }], memory: [] }))[0]!.kind;
    expect(kind('AMD Radeon RX 7800 XT')).toBe('discrete');
    expect(kind('AMD Radeon(TM) Graphics')).toBe('integrated');
    expect(kind('AMD Radeon(TM) Vega 8 Graphics')).toBe('integrated');
    expect(kind('AMD Radeon 780M Graphics')).toBe('integrated');
    expect(kind('Intel(R) Arc(TM) A770 Graphics')).toBe('discrete');
    expect(kind('Intel(R) Arc(TM) Graphics')).toBe('integrated');
  });
  it('finds none in what is no answer', () => {
    expect(parseWindows('')).toEqual([]);
    expect(parseWindows('Get-CimInstance : Access denied')).toEqual([]);
    expect(parseWindows('{"cards": 3}')).toEqual([]);
  });
});

describe('macOS', () => {
  it('reads Apple’s chips and older cards', () => {
    const apple = {
      SPDisplaysDataType: [
        {
          _name: 'Apple M2 Pro',
          spdisplays_mtlgpufamilysupport: 'spdisplays_metal4',
          spdisplays_ndrvs: [{ _name: 'Color LCD' }],
          spdisplays_vendor: 'sppci_vendor_Apple',
          sppci_bus: 'spdisplays_builtin',
          sppci_cores: '19',
          sppci_device_type: 'spdisplays_gpu',
          sppci_model: 'Apple M2 Pro',
        },
      ],
    };
    expect(parseMac(JSON.stringify(apple))).toEqual([
      { name: 'Apple M2 Pro', vendor: 'apple', kind: 'integrated', memoryBytes: null, driver: 'metal4' },
    ]);
    const older = {
      SPDisplaysDataType: [
        {
          _name: 'kHW_AMDRadeonPro5500MItem',
          sppci_model: 'AMD Radeon Pro 5500M',
          spdisplays_vendor: 'sppci_vendor_amd',
          spdisplays_vram: '8 GB',
        },
        {
          _name: 'Intel UHD',
          sppci_model: 'Intel UHD Graphics 630',
          spdisplays_vendor: 'Intel',
          spdisplays_vram_shared: '1536 MB',
        },
        { _name: 'Apple Paravirtual device', spdisplays_vendor: 'sppci_vendor_Apple' },
      ],
    };
    expect(parseMac(JSON.stringify(older)).map(({ kind, memoryBytes }) => [kind, memoryBytes])).toEqual([
      ['discrete', 8 * 2 ** 30],
      ['integrated', null],
      ['software', null],
    ]);
    expect(parseMac('not json')).toEqual([]);
  });
});

describe('the catalogue', () => {
  const gpu = (more: Partial<Gpu>): Gpu => ({
    name: 'Card',
    vendor: 'nvidia',
    kind: 'discrete',
    memoryBytes: 8e9,
    driver: '1',
    ...more,
  });
  const providers = (platform: NodeJS.Platform, arch: string, gpus: Gpu[], webgpu = gpus) =>
    catalogue({
      platform,
      arch,
      processor: 'Processor',
      memoryBytes: 16e9,
      graphics: { gpus, webgpu },
    } satisfies MachineFacts).map(({ provider, name }) => `${provider}: ${name}`);
  const inside = gpu({ name: 'Inside', vendor: 'intel', kind: 'integrated', memoryBytes: null });

  it('lists what the runtime’s package has for the platform, with the strongest card', () => {
    expect(providers('win32', 'x64', [inside, gpu({})])).toEqual(['cpu: Processor', 'webgpu: Card', 'dml: Card']);
    expect(providers('darwin', 'arm64', [gpu({ name: 'M2', vendor: 'apple', kind: 'integrated' })])).toEqual([
      'cpu: Processor',
      'webgpu: M2',
    ]);
    expect(providers('linux', 'x64', [inside, gpu({})])).toEqual(['cpu: Processor', 'webgpu: Card', 'cuda: Card']);
    expect(providers('linux', 'arm64', [gpu({})])).toEqual(['cpu: Processor']);
    expect(providers('linux', 'x64', [])).toEqual(['cpu: Processor']);
  });
  it('names for DirectML the card of the desktop, which on a laptop is not the strongest', () => {
    const laptop = [{ ...inside, drivesScreen: true }, gpu({ drivesScreen: false })];
    expect(providers('win32', 'x64', laptop)).toEqual(['cpu: Processor', 'webgpu: Card', 'dml: Inside']);
    const docked = [{ ...inside, drivesScreen: false }, gpu({ drivesScreen: true })];
    expect(providers('win32', 'x64', docked)).toContain('dml: Card');
  });
  it('lists TensorFlow as CUDA wherever a person has named a folder for it, and which one it is', () => {
    const cuda = (gpus: Gpu[], tensorFlow: string | null) =>
      catalogue({
        platform: 'linux',
        arch: 'x64',
        processor: 'Processor',
        memoryBytes: 16e9,
        graphics: { gpus, webgpu: [] },
        tensorFlow,
      }).flatMap(({ provider, name }) => (provider === 'cuda' ? [name] : []));
    expect(cuda([gpu({})], null)).toEqual(['Card']);
    expect(cuda([gpu({})], 'TensorFlow.js 4.22.0')).toEqual(['Card (TensorFlow.js 4.22.0)']);
    expect(cuda([], 'TensorFlow.js')).toEqual(['TensorFlow.js']);
    expect(cuda([], null)).toEqual([]);
  });

  it('names what WebGPU would really use, and a card that it cannot reach', () => {
    const software = gpu({ name: 'llvmpipe', vendor: 'other', kind: 'software' });
    expect(providers('linux', 'x64', [gpu({})], [software])).toEqual([
      'cpu: Processor',
      'webgpu: llvmpipe',
      'cuda: Card',
    ]);
    expect(providers('linux', 'x64', [inside], [])).toEqual(['cpu: Processor', 'webgpu: Inside']);
  });
});
