/**
 * Whether an export or a report was refused because it would replace files that none of ours made. Asked again with
 * `replace` it does so, once a person has read which files.
 */
export const isNotOurs = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'not-ours';
