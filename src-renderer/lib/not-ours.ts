/** An export that would replace files no export made: it can be told to, once a person has read which. */
export const isNotOurs = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'not-ours';
