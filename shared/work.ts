/** Long work, written as a generator so that who does it may let others have the thread between two pieces. */

/** Yields where others may have the thread: at least once a millisecond or two. */
export type Work<T> = Generator<void, T>;

/** What the work returns, done without a turn for anybody: for little of it. */
export function toEnd<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
