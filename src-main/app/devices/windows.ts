/**
 * Graphics cards on Windows: Win32_VideoController for names and drivers, the registry for memory, because the
 * controller's own figure ends at 4 GB. The command and its parser: gpus.ts runs it.
 */
import { z } from 'zod';
import { parsedJson } from '../../../shared/json.ts';
import type { Gpu } from './gpu.ts';
import { vendorOf } from './gpu.ts';

/** For powershell -Command. The class key is that of display adapters. */
export const windowsCommand = `
$ErrorActionPreference = 'SilentlyContinue'
$memory = Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0*' |
  ForEach-Object { @{ name = $_.DriverDesc; bytes = [string]$_.'HardwareInformation.qwMemorySize' } }
$cards = Get-CimInstance Win32_VideoController |
  ForEach-Object { @{ name = $_.Name; driver = $_.DriverVersion; id = $_.PNPDeviceID; ram = [string]$_.AdapterRAM; width = [string]$_.CurrentHorizontalResolution } }
@{ cards = @($cards); memory = @($memory) } | ConvertTo-Json -Depth 3 -Compress
`;

const text = z.string().nullish();
const Answer = z.object({
  cards: z.array(z.object({ name: z.string(), driver: text, id: text, ram: text, width: text })),
  memory: z.array(z.object({ name: text, bytes: text })),
});

/** @returns none for what is no answer of the command */
export function parseWindows(output: string): Gpu[] {
  const parsed = Answer.safeParse(parsedJson(output));
  if (!parsed.success) return [];
  return parsed.data.cards.map(({ name, driver, id, ram, width }): Gpu => {
    const vendor = vendorOf(name);
    // Remote desktops, virtual screens and the basic driver sit on no bus of their own.
    const real = /^PCI\\/i.test(id ?? '') && !/basic (render|display)/i.test(name);
    const bytes = Number(parsed.data.memory.find((entry) => entry.name === name)?.bytes ?? 0) || Number(ram ?? 0);
    const kind = !real ? 'software' : kindOf(vendor, name);
    return {
      name,
      vendor,
      kind,
      memoryBytes: kind === 'discrete' && bytes > 0 ? bytes : null,
      driver: driver ?? null,
      ...(width == null ? {} : { drivesScreen: width !== '' }),
    };
  });
}

function kindOf(vendor: Gpu['vendor'], name: string): Gpu['kind'] {
  if (vendor === 'nvidia') return 'discrete';
  // Discrete Radeons carry a model number; those inside a processor are "AMD Radeon(TM) Graphics", "Vega 8 Graphics".
  if (vendor === 'amd') return /\bRX\b|\bPro W|\bR[579] |FirePro|Instinct/i.test(name) ? 'discrete' : 'integrated';
  if (vendor === 'intel') return /Arc(\(TM\))? (A|B|Pro)\s?\d/i.test(name) ? 'discrete' : 'integrated';
  return 'unknown';
}
