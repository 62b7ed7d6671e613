/** What has to be ended, in the opposite order of its start. */
export interface Closers {
  add: (name: string, close: () => Promise<void>) => void;
  /** Ends everything; what can not be ended is told, and the rest is ended all the same. */
  closeAll: () => Promise<void>;
}

/** An empty list. `say` is told what could not be ended. */
export function createClosers(say: (line: string) => void): Closers {
  const open: { name: string; close: () => Promise<void> }[] = [];
  return {
    add: (name, close) => void open.push({ name, close }),
    closeAll: async () => {
      for (let last = open.pop(); last; last = open.pop()) {
        try {
          await last.close();
        } catch (error) {
          say(`Could not end ${last.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    },
  };
}
