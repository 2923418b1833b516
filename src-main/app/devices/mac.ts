/** Graphics cards on macOS: `system_profiler SPDisplaysDataType -json`, parsed; gpus.ts runs it. */
import { z } from 'zod';
import type { Gpu } from './gpu.ts';
import { vendorOf } from './gpu.ts';

const Answer = z.object({
  SPDisplaysDataType: z.array(
    z.object({
      sppci_model: z.string().optional(),
      _name: z.string().optional(),
      spdisplays_vendor: z.string().optional(),
      spdisplays_vram: z.string().optional(),
      spdisplays_mtlgpufamilysupport: z.string().optional(),
      sppci_bus: z.string().optional(),
    }),
  ),
});

/** @returns none for what is no answer of the command */
export function parseMac(output: string): Gpu[] {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return [];
  }
  const parsed = Answer.safeParse(json);
  if (!parsed.success) return [];
  return parsed.data.SPDisplaysDataType.flatMap((card): Gpu[] => {
    const name = card.sppci_model ?? card._name;
    if (!name) return [];
    const vendor = vendorOf(`${name} ${card.spdisplays_vendor ?? ''}`);
    const virtual = /paravirtual|virtual/i.test(name);
    const vram = card.spdisplays_vram ? bytesOf(card.spdisplays_vram) : null;
    const discrete = !virtual && vram !== null && vendor !== 'apple' && vendor !== 'intel';
    return [
      {
        name,
        vendor,
        kind: virtual ? 'software' : discrete ? 'discrete' : 'integrated',
        memoryBytes: discrete ? vram : null, // Apple's chips share the computer's memory
        driver: card.spdisplays_mtlgpufamilysupport?.replace('spdisplays_', '') ?? null,
      },
    ];
  });
}

/** "8 GB", "1536 MB" */
function bytesOf(text: string): number | null {
  const [, number, unit] = /^(\d+)\s*(MB|GB)$/i.exec(text.trim()) ?? [];
  return number ? Number(number) * (unit!.toUpperCase() === 'GB' ? 2 ** 30 : 2 ** 20) : null;
}
