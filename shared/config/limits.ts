/** Limits of settings that others than the schema go by as well: fields, calls, commands. */

/** Epochs of a run, and of what is added to one. */
export const MOST_EPOCHS = 100_000;
