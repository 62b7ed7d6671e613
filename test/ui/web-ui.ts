/** Temporal's own Web UI, seen through a browser as a person sees it: by its texts. */
import { setTimeout as pause } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startDevServer } from '../../cli/demo/dev-server.ts';
import { findTemporalServer } from '../../cli/temporal-server/index.ts';
import type { ExportHandle } from '../../client/index.ts';
import { installQuietRuntime } from '../support/temporal.ts';

/** Where on the pages something is read. */
export type Tab = 'user-metadata' | 'pending-activities' | 'timeline' | 'memo' | 'search-attributes';

/** A dev server with its Web UI, and a browser. */
export interface WebUi {
  /** Its `teardown` ends all of it. */
  env: TestWorkflowEnvironment;
  page: Page;
  /** Opens a tab of the page of an export. */
  open: (handle: ExportHandle, tab: Tab) => Promise<void>;
  /** Opens the list of the workflows that a filter finds. */
  list: (query: string) => Promise<void>;
  /** Has the list show these search attributes from now on, after its own columns. */
  addColumns: (...attributes: string[]) => Promise<void>;
  /** Has the list leave these columns out. */
  removeColumns: (...titles: string[]) => Promise<void>;
  /** Returns what the page shows, frames included and each space a single one, once it has each of these. */
  read: (...expected: RegExp[]) => Promise<string>;
  /** Errors that the UI's own code has thrown so far. */
  errors: string[];
  close: () => Promise<void>;
}

/** A machine under load takes long to draw a page. */
const READ_TIMEOUT_MS = 60_000;

/** Starts both. */
export async function openWebUi(executablePath: string): Promise<WebUi> {
  installQuietRuntime();
  const server = await startDevServer(
    await findTemporalServer({ say: (line) => process.stderr.write(`${line}\n`) }),
  );
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  const browser = await openBrowser(executablePath);
  const context = await browser.newContext({ viewport: { width: 1280, height: 960 }, timezoneId: 'UTC' });
  const page = await context.newPage();
  const tearDown = env.teardown.bind(env);
  env.teardown = async () => {
    await browser.close();
    await tearDown();
    await server.stop();
  };
  page.setDefaultTimeout(READ_TIMEOUT_MS);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  const workflows = `${server.uiUrl}/namespaces/${env.namespace ?? 'default'}/workflows`;

  async function text(): Promise<string> {
    // The card, the summary and the details are frames of their own.
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText()
          .catch(() => ''),
      ),
    );
    return texts.join(' ').replaceAll(/\s+/g, ' ');
  }

  async function read(...expected: RegExp[]): Promise<string> {
    const deadline = Date.now() + READ_TIMEOUT_MS;
    for (;;) {
      const seen = await text();
      const missing = expected.filter((words) => !words.test(seen));
      if (missing.length === 0) return seen;
      if (Date.now() > deadline)
        throw new Error(`${page.url()} does not say ${missing.join(' nor ')}: ${seen}`);
      await pause(100);
    }
  }

  /** The last button of a column adds or removes it; those before move it. */
  async function toggleColumns(...names: string[]): Promise<void> {
    await page.getByTestId('workflows-summary-table-configuration-button').click();
    for (const name of names)
      await page.getByTestId(`orderable-list-item-${name}`).getByRole('button').last().click();
    await page.reload();
  }

  return {
    env,
    page,
    open: async (handle, tab) => {
      const { workflowId, runId } = await handle.describe();
      await page.goto(`${workflows}/${encodeURIComponent(workflowId)}/${runId}/${tab}`);
    },
    list: async (query) => void (await page.goto(`${workflows}?query=${encodeURIComponent(query)}`)),
    addColumns: toggleColumns,
    removeColumns: toggleColumns,
    read,
    errors,
    close: () => env.teardown(),
  };
}

async function openBrowser(executablePath: string): Promise<Browser> {
  // Its sandbox refuses to run as root, which is who runs in a container.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath, args });
}
