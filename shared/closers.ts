/** Whatever is started returns its stop; these are the stops of one owner, run together when it ends. */
export type Stop = () => unknown;

/**
 * Runs every stop, the last first, whatever another throws: a lock is given back also where a file cannot be closed.
 * @throws what one threw, or an AggregateError of several, after all have run
 */
export async function stopAll(stops: Stop[]): Promise<void> {
  const errors: unknown[] = [];
  for (let stop; (stop = stops.pop());)
    try {
      await stop();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 1) throw new AggregateError(errors, (errors[0] as Error).message);
  if (errors.length > 0) throw errors[0] as Error;
}
