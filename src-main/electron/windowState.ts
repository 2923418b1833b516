/**
 * Where the window was, kept in the home: written whole or not at all, and believed only where a display still
 * is. A damaged file is the same as none.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomicSync } from '../files/atomic.ts';
import { minimumSize } from './policy.ts';
import type { Bounds } from './policy.ts';

const size = z.int().min(1).max(100_000);
const position = z.int().min(-100_000).max(100_000);
export const WindowState = z.strictObject({
  x: position,
  y: position,
  width: size,
  height: size,
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

const usual = { width: 1280, height: 840 };
/** As much of the window's upper edge must lie on a display, or no mouse can take hold of it. */
const grip = { width: 120, height: 40 };

/** Bounds for a new window. `workAreas`: of all displays, the primary one first. */
export function placeWindow(saved: WindowState | null, workAreas: readonly Rectangle[]): Bounds {
  const [primary = { x: 0, y: 0, ...usual }] = workAreas;
  const fit = ({ width, height }: { width: number; height: number }, area: Rectangle) => ({
    width: Math.min(Math.max(width, minimumSize.width), Math.max(area.width, minimumSize.width)),
    height: Math.min(Math.max(height, minimumSize.height), Math.max(area.height, minimumSize.height)),
  });
  if (!saved) return fit(usual, primary); // without a position: the system centres it
  const home = workAreas.find(
    (area) =>
      Math.min(saved.x + saved.width, area.x + area.width) - Math.max(saved.x, area.x) >= grip.width &&
      saved.y >= area.y - grip.height / 2 &&
      saved.y <= area.y + area.height - grip.height,
  );
  return home ? { x: saved.x, y: Math.max(saved.y, home.y), ...fit(saved, home) } : fit(saved, primary);
}

export function readWindowState(file: string): WindowState | null {
  try {
    return WindowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Never throws: a forgotten position is no reason to disturb anyone. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileAtomicSync(file, JSON.stringify(state));
  } catch {
    // It opens where windows usually do.
  }
}
