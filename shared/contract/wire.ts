/**
 * The seam between processes: a Transport, the messages on it, and errors as {name, message, code, details, key,
 * values}. Every host (Electron message port, child process, WebSocket, in memory) supplies a Transport; everything above
 * it is the same code.
 */
import { z } from 'zod';

export interface Transport {
  send(message: Message): void;
  /** Returns what stops listening. */
  onMessage(listener: (message: Message) => void): () => void;
  /** Called once, when the other side is gone. Returns what stops listening. */
  onClose(listener: () => void): () => void;
  close(): void;
}

/** A value of an error's sentence: a name or a number, written plainly so that it can be copied, or a reason with a sentence. */
export type ErrorValue = string | number | Reason;
export type ErrorValues = { readonly [name: string]: ErrorValue };
export interface Reason<Key extends string = string> {
  key: Key;
  values: ErrorValues;
}
export const ErrorValue: z.ZodType<ErrorValue, ErrorValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.object({ key: z.string(), values: z.record(z.string(), ErrorValue) })]),
);

/** A name that the program gave, worded by whoever shows it (shared/naming.ts); null: a person typed it, or a file has it. */
export const Naming = z.object({ key: z.string(), values: z.record(z.string(), ErrorValue) }).nullable();

/** A sentence by key and values, for a window to word in its language; `message` is it in English. */
export const Said = z.object({ message: z.string(), key: z.string(), values: z.record(z.string(), ErrorValue) });
export type Said = z.infer<typeof Said>;

export const WireError = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string(),
  details: z.unknown().optional(),
  /** For the catalogues of shared/sentences.ts: which sentence it is, and its values. */
  key: z.string().optional(),
  values: z.record(z.string(), ErrorValue).optional(),
});
export type WireError = z.infer<typeof WireError>;

export type Message =
  | { type: 'request'; id: number; method: string; params: unknown }
  | { type: 'cancel'; id: number }
  | { type: 'response'; id: number; result: unknown }
  | { type: 'failure'; id: number; error: WireError }
  | { type: 'event'; event: { name: string } & Record<string, unknown> };

/** An error that crossed a process, or is about to. */
export class ContractError extends Error {
  override readonly name: string;
  readonly code: string;
  readonly details: unknown;
  readonly key: string | undefined;
  readonly values: WireError['values'];
  constructor(error: WireError) {
    super(error.message);
    this.name = error.name;
    this.code = error.code;
    this.details = error.details;
    this.key = error.key;
    this.values = error.values;
  }
}

/** Any thrown value as a WireError; stacks and paths of this machine's code never cross. */
export function toWireError(error: unknown): WireError {
  if (error instanceof Error) {
    const { code, details, key, values } = error as Error & { code?: unknown } & Pick<
        WireError,
        'details' | 'key' | 'values'
      >;
    const worded = typeof key === 'string' ? { key, values } : {};
    const known = typeof code === 'string' ? code : 'internal';
    return { name: error.name, message: error.message, code: known, details, ...worded };
  }
  return { name: 'Error', message: String(error), code: 'internal' };
}

/** What a call is: the shape of its parameters and of its answer. */
export interface Call<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  params: P;
  result: R;
}
export const call = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R): Call<P, R> => ({
  params,
  result,
});
export const nothing = z.null();

/**
 * Of the answer to a call that begins something: whether just that was under way, as it was asked for elsewhere, so that
 * nothing was begun.
 */
export const isJoined = { isJoined: z.boolean().optional() };

/**
 * Arrays of as many entries as there are photos, which cross a process as bytes (frames.ts): as an answer, or as a field
 * of one. `PhotoIds` are read by IdList.
 */
export const PhotoIds = z.instanceof(Uint8Array);
export const Floats = z.instanceof(Float32Array);
export const Integers = z.instanceof(Int32Array);

/**
 * Fields to change: one that is left out stays as it is. zod's own partial() gives it its default instead, so that
 * changing one setting would take back the others.
 */
export const changeOf = <S extends z.ZodRawShape>(schema: z.ZodObject<S>) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(schema.shape).map(([key, field]) => [
        key,
        (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : (field as z.ZodType)).optional(),
      ]),
    ),
  ) as unknown as z.ZodType<Partial<z.output<z.ZodObject<S>>>, Partial<z.output<z.ZodObject<S>>>>;

export type CallMap = Record<string, Call>;
export type Params<C extends CallMap, M extends keyof C> = z.input<C[M]['params']>;
export type Result<C extends CallMap, M extends keyof C> = z.output<C[M]['result']>;
/** What the serving side implements: parameters parsed, the answer or a promise of it. */
export type Handlers<C extends CallMap> = {
  [M in keyof C]: (
    params: z.output<C[M]['params']>,
    context: { signal: AbortSignal },
  ) => Promise<z.input<C[M]['result']>> | z.input<C[M]['result']>;
};
