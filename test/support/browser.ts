import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium or Chrome on the PATH, or undefined. */
export function findBrowser(): string | undefined {
  const directories = (process.env.PATH ?? '').split(path.delimiter).filter((it) => it !== '');
  return directories.flatMap((it) => NAMES.map((name) => path.join(it, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless browser; the caller closes it. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  // Chromium's own sandbox does not work for root, as in a container.
  return await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
