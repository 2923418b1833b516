/** Placeholder replaced below. */
import type { Message } from './format.ts';
export const zhCN: Record<string, Message> = {};
