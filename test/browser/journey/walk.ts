/** What the steps of the journey share: one window on one application, and the folder that it begins with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { RunningHost } from '../host.ts';

/** Filled before the first step. */
export interface Walk {
  host: RunningHost;
  /** Of 96 rendered photos and one that cannot be read. */
  folder: string;
  page: Page;
}

/** Drags a photo over the window and drops it; `veil` is shown meanwhile. */
export async function dropPhoto({ page, folder }: Walk, veil: string): Promise<void> {
  const bytes = readFileSync(join(folder, 'square', 'square-003.png')).toString('base64');
  const dataTransfer = await page.evaluateHandle(async (base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(
      new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'mine.png', { type: 'image/png' }),
    );
    return transfer;
  }, bytes);
  const main = page.getByRole('main');
  await expect(page.getByText(veil)).toHaveCount(0);
  for (const type of ['dragenter', 'dragover']) await main.dispatchEvent(type, { dataTransfer });
  await expect(page.getByText(veil)).toBeVisible();
  await main.dispatchEvent('drop', { dataTransfer });
  await expect(page.getByText(veil)).toHaveCount(0);
}
