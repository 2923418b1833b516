/** What search refuses, in one class: `code` says which rule, `details` carry the offending values. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
  readonly code: 'bad-shape' | 'too-large' | 'not-finite' | 'closed' | 'cancelled' | 'failed';
  readonly details: Record<string, unknown>;
  constructor(code: SearchError['code'], message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** @throws SearchError bad-shape when `values` does not hold n rows of d numbers. */
export function checkShape(what: string, values: ArrayLike<number>, n: number, d: number): void {
  if (!Number.isInteger(n) || !Number.isInteger(d) || n < 0 || d < 1 || values.length !== n * d)
    throw new SearchError(
      'bad-shape',
      `${what} holds ${values.length} numbers, but [${n}, ${d}] needs ${n * d}: pass the shape that belongs to it`,
      { length: values.length, n, d },
    );
}
