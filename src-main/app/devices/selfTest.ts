/**
 * The self-test of one device, in processes of its own that may be thrown away, one for its step and one for the views it
 * makes: whatever they do, an outcome comes back. What they compute is the trainer's.
 */
import type { ContractError } from '../../../shared/contract.ts';
import type { Provider, SelfTest } from '../../../shared/contract.ts';
import { deviceFailure } from '../../../shared/deviceFailure.ts';
import { computeJob } from '../compute/job.ts';
import type { AppContext } from '../context.ts';

/**
 * Most seconds for a self-test: a first step compiles some hundred shaders, for which software Vulkan takes a minute.
 */
export const selfTestSeconds = 240;

/** Counted up when the test asks something else: an outcome of another test says nothing. */
export const selfTestVersion = 2;

/** Tests a device for at most `limitSeconds` and never fails; null: the application closes, nothing was found out. */
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
    views: null,
    ...speed,
  });
  const views = () => viewTest(context, provider, limitSeconds);
  try {
    const { difference, tensor, passed, stepMilliseconds, speedMilliseconds, float16 } = await computeJob(
      context,
      { kind: 'selfTest', device: provider },
      { signal: AbortSignal.any([context.closing, limit]), progress: () => {} },
    );
    return ended(
      passed ? 'passed' : 'wrongNumbers',
      { difference: percent(difference), tensor, milliseconds: Math.round(speedMilliseconds ?? stepMilliseconds) },
      { stepMilliseconds, speedMilliseconds, float16, views: passed && provider === 'webgpu' ? await views() : null },
    );
  } catch (error) {
    if (context.closing.aborted) return null;
    if (limit.aborted) return ended('timedOut', { seconds: limitSeconds });
    const { message, code, details } = error as ContractError;
    const facts = (details ?? {}) as { signal?: string | null; code?: number | null; reason?: string };
    // the advice of a failed step is for runs
    const reason = inOneLine(code === 'device-failed' ? (facts.reason ?? message) : message);
    if (code === 'compute-failed') {
      const { signal, code: exitCode } = facts;
      return ended('crashed', { how: signal ?? `exit code ${exitCode ?? 'unknown'}`, reason });
    }
    if (code === 'bad-device' && deviceFailure(message) === null) return ended(missing(message), { reason });
    return ended('failed', { reason });
  }
}

const percent = (part: number): string => (Number.isFinite(part) ? `${Number((100 * part).toPrecision(2))} %` : 'NaN');

const inOneLine = (message: string): string => message.replace(/\s+/g, ' ').trim().slice(0, 300);

/** A device that makes no views, or takes its process down over them, still trains: the processor makes them. */
async function viewTest(context: AppContext, device: Provider, limitSeconds: number): Promise<SelfTest['views']> {
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  try {
    const { difference, passed } = await computeJob(
      context,
      { kind: 'viewTest', device },
      { signal: AbortSignal.any([context.closing, limit]), progress: () => {} },
    );
    return { outcome: passed ? 'passed' : 'wrong', values: { difference: percent(difference) } };
  } catch (error) {
    if (context.closing.aborted) throw error;
    const reason = limit.aborted ? `no answer within ${limitSeconds} seconds` : inOneLine((error as Error).message);
    return { outcome: 'failed', values: { reason } };
  }
}

/** What the runtime says when a provider cannot be started (onnxruntime 1.30). */
function missing(message: string): SelfTest['outcome'] {
  if (message.startsWith('TensorFlow')) return 'missing'; // it says itself what to install
  if (/No supported adapters|Failed to get a WebGPU (adapter|device)/.test(message)) return 'noDriver';
  return /Failed to load (shared )?library|cannot open shared object/.test(message) ? 'noLibraries' : 'missing';
}
