/** A call of the contract answered: its parameters are checked, its handler is asked, and what fails is worded. */
import type { z } from 'zod';
import { appCalls } from '../../shared/contract.ts';
import type { AppHandlers, AppMethod } from '../../shared/contract.ts';
import { AppError } from './errors.ts';
import { toldOfHome } from './homeFailure.ts';

/** What is too long, too many or too great is said in a person's words: it may come from a field. */
function refusedParameter(call: AppMethod, issue: z.core.$ZodIssue): AppError {
  const path = issue.path.join('.') || 'parameters';
  if (issue.code === 'too_big') {
    const most = Number(issue.maximum);
    if (issue.origin === 'array') return new AppError('bad-request.too-many', { most });
    if (issue.origin === 'string') return new AppError('bad-request.too-long', { most }, { path, most });
    return new AppError('bad-request.too-great', { path, most });
  }
  if (issue.code === 'too_small' && issue.origin !== 'array' && issue.origin !== 'string')
    return new AppError('bad-request.too-small', { path, least: Number(issue.minimum) });
  return new AppError('bad-request.parameters', { call, path, detail: issue.message });
}

/** Calls the handler, at once or in its turn among those that were asked the same. */
export type InTurn = (name: AppMethod, params: unknown, work: () => unknown) => unknown;

/**
 * The answer of the handler that a call names.
 * @param check whether the answer is parsed as well
 * @throws AppError bad-request where there is no such call, or its parameters are not those of its schema; else what the
 * handler throws, a full disk or a damaged database as a StorageError
 */
export async function answer(
  home: string,
  handlers: AppHandlers,
  method: string,
  params: unknown,
  { signal, inTurn, check }: { signal: AbortSignal; inTurn: InTurn; check: boolean },
): Promise<unknown> {
  if (!Object.hasOwn(appCalls, method)) throw new AppError('bad-request.call', { call: method });
  const name = method as AppMethod;
  const { params: schema, result } = appCalls[name];
  const parsed = schema.safeParse(params ?? null);
  if (!parsed.success) throw refusedParameter(name, parsed.error.issues[0]!);
  const handler = handlers[name] as (params: unknown, context: { signal: AbortSignal }) => unknown;
  let value: unknown;
  try {
    value = await inTurn(name, parsed.data, () => handler(parsed.data, { signal }));
  } catch (error) {
    // a full disk or a failing database is told as one, whatever call meets it
    throw toldOfHome(error, home);
  }
  return check ? result.parse(value) : value;
}
