import { onceASecond } from './once-a-second.ts';

/** An instant as HTTP writes it, to the second. */
export const httpDate = onceASecond((atMs) => new Date(atMs).toUTCString());
