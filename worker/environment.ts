/** Environment variables by name. An empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Gives a file's text or throws as `node:fs` does. */
export type ReadFile = (path: string) => string;
