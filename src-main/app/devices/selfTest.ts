/**
 * The self-test of one device, in a process of its own that may be thrown away: whatever that process does, an outcome
 * comes back. What it computes is the trainer's.
 */
import type { ContractError } from '../../../shared/contract.ts';
import type { Provider, SelfTest } from '../../../shared/contract.ts';
import { deviceFailure } from '../../../shared/deviceFailure.ts';
import { computeJob } from '../compute/job.ts';
import type { AppContext } from '../context.ts';

/** A first step compiles some hundred shaders; software Vulkan takes a minute for all of it. */
export const selfTestSeconds = 240;

/** Counted up when the test asks something else: an outcome of another test says nothing. */
export const selfTestVersion = 2;

/** Null: the application closes, nothing was found out. */
export async function selfTest(
  context: AppContext,
  provider: Provider,
  limitSeconds: number,
): Promise<SelfTest | null> {
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const ended = (
    outcome: SelfTest['outcome'],
    values: SelfTest['values'],
    speed: Partial<SelfTest> = {},
  ): SelfTest => ({
    outcome,
    at: Date.now(),
    stepMilliseconds: null,
    speedMilliseconds: null,
    values,
    ...speed,
  });
  try {
    const { difference, tensor, passed, stepMilliseconds, speedMilliseconds } = await computeJob(
      context,
      { kind: 'selfTest', device: provider },
      { signal: AbortSignal.any([context.closing, limit]), progress: () => {} },
    );
    const off = Number.isFinite(difference) ? `${Number((100 * difference).toPrecision(2))} %` : 'NaN';
    return ended(
      passed ? 'passed' : 'wrongNumbers',
      { difference: off, tensor, milliseconds: Math.round(speedMilliseconds ?? stepMilliseconds) },
      { stepMilliseconds, speedMilliseconds },
    );
  } catch (error) {
    if (context.closing.aborted) return null;
    if (limit.aborted) return ended('timedOut', { seconds: limitSeconds });
    const { message, code, details } = error as ContractError;
    const reason = message.replace(/\s+/g, ' ').trim().slice(0, 300);
    if (code === 'compute-failed') {
      const { signal, code: exitCode } = (details ?? {}) as { signal?: string | null; code?: number | null };
      return ended('crashed', { how: signal ?? `exit code ${exitCode ?? 'unknown'}`, reason });
    }
    if (code === 'bad-device' && deviceFailure(message) === null) return ended(missing(message), { reason });
    return ended('failed', { reason });
  }
}

/** What the runtime says when a provider cannot be started (onnxruntime 1.30). */
function missing(message: string): SelfTest['outcome'] {
  if (message.startsWith('TensorFlow')) return 'missing'; // it says itself what to install
  if (/No supported adapters|Failed to get a WebGPU (adapter|device)/.test(message)) return 'noDriver';
  return /Failed to load (shared )?library|cannot open shared object/.test(message)
    ? 'noLibraries'
    : 'missing';
}
