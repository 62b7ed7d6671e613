/** A stream of the process, or one that a test reads. */
export type OutputStream = NodeJS.WritableStream &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'rows' | 'columns'>>;

/** The width of a terminal that tells none, and of a text that goes elsewhere. */
export const USUAL_COLUMNS = 80;
