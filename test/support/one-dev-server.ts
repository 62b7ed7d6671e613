/**
 * Imported before files that share a process: they share a dev server as well, where they need nothing special of it.
 * It is ended by the one who imported this, when the last of them has ended what it runs there.
 */
import { shareDevServer } from './temporal.ts';

/** Ends the server, if any of the files wanted one. */
export const endDevServer = shareDevServer();
