/**
 * Whose turn it is at a home: a command that starts the application, or an application that closes, holds this lock, and
 * other commands wait for as long as it does. So twenty commands at once start one application and not twenty, of which
 * nineteen are refused, and one that is still copying its history is not called another Lookalike. It ends with its
 * process, as every lock does.
 */
import { acquireLock } from '../files/index.ts';
import type { Lock } from '../files/index.ts';
import { isBegun } from './paths.ts';
import type { HomePaths } from './paths.ts';

const nobodys: Lock = { release: () => {} };

/**
 * Null while another has it. A home that is not begun yet, or that cannot be written, has no turns: opening it says what
 * is wrong with it.
 * @param wait milliseconds
 */
export function takeTurn({ home, turn }: HomePaths, wait = 0): Lock | null {
  try {
    return isBegun(home) ? acquireLock(turn, wait) : nobodys;
  } catch {
    return nobodys;
  }
}
