/** Does `work` in a task of its own, so that clicks and frames come between it and what was done before. */
export const apart = <T>(work: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
