import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { createTestDatabase } from './database.ts';

/** Without them Chromium asks hosts of its maker at every start, and needs a sandbox that root has not. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page of the console, and what the browser complained about while it was open. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of scripts, refusals of the page's policy, answers that failed to load. */
  readonly complaints: string[];
}

export interface TestConsole {
  /** Base address of the service. */
  readonly url: string;
  /** Reads the tenant `demo`. */
  readonly readerKey: string;
  /** Administers the tenant `default`, which is empty. */
  readonly adminKey: string;
  /** A key that administers the tenant `demo`, made as operators make one. */
  demoAdminKey(): Promise<string>;
  /** Where SCREENSHOTS says that pictures of pages are kept; null = none are taken. */
  readonly screenshots: string | null;
  /** For files of a test; removed at the end. */
  readonly directory: string;
  /** A browser of its own, signed in by `keys` (tenant to key), at an address of the console. */
  open(address: string, options?: BrowserContextOptions, keys?: Record<string, string>): Promise<OpenPage>;
  stop(): Promise<void>;
}

/** The command `demo` as users run it, on free ports, with its data in place; and the system's Chromium. */
export async function startTestConsole(): Promise<TestConsole> {
  const database = await createTestDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-console-'));
  chmodSync(directory, 0o755);
  const demo = startDemo(database.connection, directory);
  const browser = await launchChromium();
  const { url, readerKey, adminKey } = await demo.ready;
  const open = async (
    address: string,
    options: BrowserContextOptions = {},
    keys: Record<string, string> = { demo: readerKey },
  ): Promise<OpenPage> => openPage(browser, `${url}/console${address}`, options, keys);
  return {
    url,
    readerKey,
    adminKey,
    demoAdminKey: () => makeAdminKey(database.connection, directory),
    screenshots: process.env.SCREENSHOTS ?? null,
    directory,
    open,
    stop: async () => {
      await browser.close();
      await demo.stop();
      rmSync(directory, { recursive: true, force: true });
      await database.drop();
    },
  };
}

/** The system's Chromium, or the one that CHROMIUM names. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

function startDemo(connection: string, directory: string) {
  const child: ChildProcess = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'demo'], {
    env: {
      ...process.env,
      DATABASE_URL: connection,
      OL_DATA_DIR: directory,
      OL_API_PORT: '0',
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
      OL_WORKER_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const exited = once(child, 'exit');
  const ready = new Promise<{ url: string; readerKey: string; adminKey: string }>((resolve, reject) => {
    const read = (part: string): void => {
      text += part;
      const url = /(http:\S+)\/console\/demo\//.exec(text)?.[1];
      const readerKey = /KEY=(\S+)/.exec(text)?.[1];
      const adminKey = /tenant default.*\n +(olk_\S+)/.exec(text)?.[1];
      if (url !== undefined && readerKey !== undefined && adminKey !== undefined && text.includes('/docs'))
        resolve({ url, readerKey, adminKey });
    };
    child.stdout!.setEncoding('utf8').on('data', read);
    child.stderr!.setEncoding('utf8').on('data', read);
    void exited.then(([code]) => reject(new Error(`the demo ended with ${code}:\n${text}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { ready, stop };
}

async function makeAdminKey(connection: string, directory: string): Promise<string> {
  const command = ['keys', 'create', '--tenant', 'demo', '--principal', 'the office', '--roles', 'admin'];
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/apps/cli/src/main.js', ...command], {
    env: { ...process.env, DATABASE_URL: connection, OL_DATA_DIR: directory },
  });
  return /olk_\w+/.exec(stdout)![0];
}

/** A page in a browser of its own, signed in by `keys` (tenant to key). */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
  keys: Record<string, string>,
): Promise<OpenPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  await context.addInitScript({
    content: `sessionStorage.setItem('outcome-ledger:keys', ${JSON.stringify(JSON.stringify(keys))})`,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(address);
  await settled(page);
  return { page, complaints };
}

/** Until nothing on the page says that it is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ timeout: 30_000 });
  await page.waitForLoadState('networkidle', { timeout: 30_000 });
  // By a locator: the page's own policy refuses an expression that is evaluated in it.
  await page.locator('.loading').first().waitFor({ state: 'detached', timeout: 30_000 });
}
