/**
 * Finds a Chromium for the browser tests: the one named in LOOKALIKE_CHROMIUM, a system's own, or the one that
 * @sparticuz/chromium carries (Linux x64). Says which. Nothing is downloaded.
 */
import { existsSync } from 'node:fs';

export interface Browser {
  executablePath: string;
  args: string[];
  /** Where it comes from. */
  source: string;
}

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The map is drawn by software where there is no GPU; nothing is fetched in the background. */
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--use-angle=swiftshader',
  // All but the map is drawn without that software card, a sixth cheaper; Debian's own flags ask for the contrary.
  '--disable-gpu-rasterization',
  '--disable-gpu-compositing',
  '--enable-unsafe-swiftshader',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @throws Error naming what was tried. */
export async function findChromium(): Promise<Browser> {
  const named = process.env.LOOKALIKE_CHROMIUM;
  if (named) return { executablePath: named, args, source: 'LOOKALIKE_CHROMIUM' };
  const system = systemPaths.find((path) => existsSync(path));
  if (system) return { executablePath: system, args, source: 'system' };
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { default: packed } = await import('@sparticuz/chromium');
    // Not its own arguments: they are for a function in a cloud, one process for all pages, which ends with a closed page.
    return { executablePath: await packed.executablePath(), args, source: '@sparticuz/chromium' };
  }
  throw new Error(`no Chromium found (tried ${systemPaths.join(', ')}): install one, or name it in LOOKALIKE_CHROMIUM`);
}
