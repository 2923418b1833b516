/**
 * The computing thread of a trainer whose graphics card is a double: the processor under another name, with a fault.
 * The fault is in the environment of the process, FAULT_IN_SELF_TEST, FAULT_IN_RUN and FAULT_IN_EMBEDDING: `wrong`,
 * `hang`, `crash`, `lost`, `memory`, `odd`, `unread` (a loss that shows when metrics are read), `burst` (its process dies
 * of memory), `close` (never lets go) or `missing`, with `@N` from the Nth step of the process on, and with `@N once FILE`
 * only while FILE is absent. PATIENCE: seconds that its first calls may take. FLOAT16 is `yes` where it has float16, which
 * it computes in float32. FAULT_IN_VIEWS, without a step, is that of the self-test's
 * views, FAULT_OF_PROCESSOR the processor's own in its self-tests.
 */
import { existsSync, writeFileSync, writeSync } from 'node:fs';
import type { RunConfig } from '../../shared/config.ts';
import { DeviceError } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import type { Backend, Embedder, Training } from '../../src-main/trainer/backend.ts';
import { computeJobs } from '../../src-main/trainer/thread.ts';

const isLost = 'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.';

/** As onnxruntime 1.30 words it. `odd`: in words that are not known. */
const words = {
  odd: "Non-zero status code returned while running Conv node. Name:'conv1' Status Message: 70000 exceeds max compute workgroups per dimension (65535)",
  lost: isLost,
  unread: isLost,
  memory:
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1] against { binding: 1, visibility: ShaderStage::Compute }.',
};

/** Of a process whose device ran out of memory: the telling words come first. */
const lastWords = `[E:onnxruntime:onnxruntime-node, webgpu_context.cc:171 operator()] WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY
 - While calling [Device].CreateBuffer([BufferDescriptor]).

terminate called after throwing an instance of 'std::runtime_error'
  what():  Failed to create a buffer`;

let steps = 0;

/** As a native call: for ever. */
function hang(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** @returns whether the numbers are to be wrong */
function fail(fault: string): boolean {
  const [, what = '', from = '1', file] = /^(\w+)(?:@(\d+))?(?: once (.+))?$/.exec(fault) ?? [];
  if (what === '' || steps < Number(from) || (file !== undefined && existsSync(file))) return false;
  if (file !== undefined) writeFileSync(file, '');
  if (what === 'hang') hang();
  if (what === 'burst') {
    writeSync(2, `${lastWords}\n`);
    process.kill(process.pid, 'SIGABRT');
  }
  if (what === 'crash') process.kill(process.pid, 'SIGSEGV');
  if (Object.hasOwn(words, what)) throw new Error(words[what as keyof typeof words]);
  return what === 'wrong';
}

const isSelfTest = ({ epochs }: RunConfig) => epochs === 1;

/** A session that computes nothing: each step takes so long and moves every number alike. */
function clockwork(given: State, milliseconds: number, before: () => boolean): Training {
  const state = new Map(given); // its own, as a session's: who gave it may let go of it
  let moved = 1;
  const step = async () => {
    const wrong = before();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    moved *= wrong ? 1.5 : 1.01;
    return { loss: 0, zStd: 1, gradientNorm: 0, lossScale: 1, skipped: false };
  };
  return {
    step,
    advance: async () => [await step()],
    settle: async () => [],
    readState: async () =>
      new Map([...state].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => moved * x) }])),
    writeState: () => {},
    wholeState: (given) => given,
    close: async () => {},
  };
}

const computesHalf = async () => process.env['FLOAT16'] === 'yes';

async function training(
  config: RunConfig,
  state: State,
  settings: Parameters<Backend['training']>[2],
): Promise<Training> {
  const onCard = settings.device === 'webgpu';
  const faults = isSelfTest(config)
    ? process.env[onCard ? 'FAULT_IN_SELF_TEST' : 'FAULT_OF_PROCESSOR']
    : onCard && process.env['FAULT_IN_RUN'];
  const fault = faults || '';
  if (fault === 'missing')
    throw new DeviceError('bad-device.unusable', {
      device: 'webgpu',
      detail: 'Failed to get a WebGPU adapter: No supported adapters',
    });
  const before = () => {
    steps += onCard || fault ? 1 : 0;
    return fail(fault);
  };
  if (onCard && config.precision === 'float16') {
    if (!(await computesHalf())) throw new DeviceError('bad-device.float16', { device: 'webgpu' });
    config = { ...config, precision: 'float32' };
  }
  if (isSelfTest(config))
    return clockwork(
      state,
      // a timer may end a millisecond early: of fewer the card would now and then seem hopelessly slow
      config.batchSize > 8 ? (onCard ? Number(process.env['STEP_MS'] ?? 10) : 60) : 8,
      before,
    );
  const session = await onnxRuntime.training(config, state, { ...settings, device: 'cpu' });
  const unread: Awaited<ReturnType<Training['advance']>> = [];
  const defers = fault.startsWith('unread');
  return {
    step: async (input) => (before(), session.step(input)),
    async advance(input) {
      if (!defers) before();
      else steps++;
      const known = await session.advance(input);
      return defers ? (unread.push(...known), []) : known;
    },
    async settle() {
      if (defers && unread.length > 0) fail(fault);
      return [...unread.splice(0), ...(await session.settle())];
    },
    readState: (how) => session.readState(how),
    writeState: (next) => session.writeState(next),
    wholeState: (given) => session.wholeState(given),
    close: () => (fault === 'close' ? hang() : session.close()),
  };
}

async function encoder(
  config: RunConfig,
  state: State,
  settings: Parameters<Backend['encoder']>[2],
): Promise<Embedder> {
  const fault = (settings.device === 'webgpu' && process.env['FAULT_IN_EMBEDDING']) || '';
  const own = await onnxRuntime.encoder(config, state, { ...settings, device: 'cpu' });
  return {
    embed(images, n) {
      if (fault !== '') steps++;
      fail(fault);
      return own.embed(images, n);
    },
    stages: (images, n) => own.stages!(images, n),
    update: (next) => own.update(next),
    close: () => own.close(),
  };
}

computeJobs({
  training,
  encoder,
  computesHalf,
  views: async (shape, batch, settings) => {
    const onCard = settings.device === 'webgpu';
    steps = 1;
    const wrong = onCard && fail(process.env['FAULT_IN_VIEWS'] ?? '');
    const views = await onnxRuntime.views(shape, batch, { ...settings, device: 'cpu' });
    return wrong ? views.map((view) => view.map((value) => value + 0.02)) : views; // a 255th too bright
  },
  patience: { first: Number(process.env['PATIENCE'] ?? 60), least: 6, factor: 0 },
});
