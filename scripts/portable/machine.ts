/** The part that says what was measured on: processor, card, driver, runtimes, PyTorch. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { strongest } from '../../src-main/app/devices/gpu.ts';
import { readGraphics } from '../../src-main/app/devices/gpus.ts';
import { findPython } from '../../src-main/trainer/bench/process.ts';
import type { Settings } from './parts.ts';

export interface Machine {
  processor: string;
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  onnxruntime: string;
  /** The card that WebGPU reaches; null where there is none. */
  card: { name: string; kind: string; memoryBytes: number | null; driver: string | null } | null;
  /** What PyTorch says of itself; why there is none, otherwise. */
  pytorch: { python: string; version: string; seesCard: boolean } | { missing: string };
}

const QUESTION = `
import json, shutil, torch
cuda = torch.cuda.is_available()
print(json.dumps({
  'version': torch.__version__, 'cuda': torch.version.cuda, 'seesCard': cuda,
  'card': torch.cuda.get_device_name(0) if cuda else None,
  'cardBytes': torch.cuda.get_device_properties(0).total_memory if cuda else None,
  'cudnn': torch.backends.cudnn.version() if cuda else None,
  'compiles': hasattr(torch, 'compile'), 'compiler': shutil.which('gcc') or shutil.which('cc')}))
`;

async function pytorch(named: string | null): Promise<Machine['pytorch']> {
  try {
    const { python } = await findPython(named ?? undefined, ['torch']);
    const { stdout } = await promisify(execFile)(python, ['-c', QUESTION], { timeout: 25_000 });
    return { python, ...(JSON.parse(stdout) as { version: string; seesCard: boolean }) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

export async function machine({ python }: Settings, found: (result: unknown) => void): Promise<void> {
  const { webgpu } = await readGraphics();
  const card = strongest(webgpu);
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  const facts: Machine = {
    processor: cpus()[0]?.model.trim() ?? process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${systemName()}, kernel ${release()}`,
    node: process.version,
    onnxruntime: version,
    card: card && { name: card.name, kind: card.kind, memoryBytes: card.memoryBytes, driver: card.driver },
    pytorch: { missing: 'did not answer in time' },
  };
  found(facts);
  found({ ...facts, pytorch: await pytorch(python) });
}
