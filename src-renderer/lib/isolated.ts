/** Letters of scripts that run from right to left: Hebrew, Arabic and those akin. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A name as part of a line: one that runs from right to left stands in isolation (Unicode's FSI and PDI, which are not
 * seen), else it takes the numbers and dots beside it along. Any other is as it was.
 */
export const isolated = (text: string): string => (rightToLeft.test(text) ? `\u2068${text}\u2069` : text);
