/** `npm run screenshots`: takes the pictures of Temporal's Web UI that README shows. Needs Chromium. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../support/find-chromium.ts';
import { beginNight } from './night.ts';
import { openWebUi } from './web-ui.ts';

/** Pictures and the heights of frames come after the texts. */
const DRAWING_MS = 3_000;

/** Without the menu of the UI. */
const PAGE = { x: 256, y: 64, width: 1024, height: 1120 };

const LIST = { ...PAGE, width: 1190, height: 420 };

const folder = new URL('../../docs/images/', import.meta.url);
const { path, skip } = findChromium();
if (path === null) throw new Error(skip);

await mkdir(folder, { recursive: true });
const ui = await openWebUi(path);
const { page } = ui;
const night = await beginNight(ui.env);
try {
  await page.setViewportSize({ width: 1280, height: 1200 });
  await ui.open(night.exports.running, 'user-metadata');
  await ui.read(/3 of 4 days/);
  await take('running');
  await ui.open(night.exports.stuck, 'user-metadata');
  await ui.read(/Not all is well/);
  await take('stuck');
  await ui.open(night.exports.stuck, 'pending-activities');
  await ui.read(/Twilio answered 401/);
  await take('pending');
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
  const dialog = page.getByRole('dialog').filter({ visible: true });
  await dialog.getByTestId('signal-select-button').click();
  await dialog.getByRole('option', { name: 'cancel' }).waitFor();
  const box = await dialog.boundingBox();
  await take('signal', box ?? PAGE);
  await ui.list("WorkflowType = 'exportJob'");
  await ui.addColumns('BulkExportPhase', 'BulkExportDaysDone', 'BulkExportDaysFailed');
  // They would leave no room.
  await ui.removeColumns('Run ID', 'Type', 'Start', 'End');
  await ui.read(/FAILED .* incomplete/);
  await page.setViewportSize({ width: PAGE.x + LIST.width, height: 1200 });
  await take('list', LIST);
} finally {
  await night.endWorker();
  await ui.close();
}

async function take(name: string, clip = PAGE): Promise<void> {
  await page.waitForTimeout(DRAWING_MS);
  await page.screenshot({
    path: fileURLToPath(new URL(`${name}.png`, folder)),
    animations: 'disabled',
    clip,
  });
}
