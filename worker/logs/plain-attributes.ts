/** Attributes of the SDK that nobody reads a log for; with a task's token one could answer in an activity's place. */
const LEFT_OUT = new Set(['taskToken', 'isLocal', 'target']);

/** The SDK has two names for the run. */
const RENAMED: Readonly<Record<string, string>> = { workflowRunId: 'runId' };

/** What a log line may hold, at the most: a stack of some depth, and no more of a heap than tells what it is. */
const LIMITS = { depth: 6, entries: 50, textCharacters: 8_000 };

/**
 * Makes plain JSON of what the SDK logs beside a message: errors with their causes, names in one style, each text
 * through `clean`. What the native part of the SDK says of its spans stands beside the other attributes.
 */
export function plainAttributes(
  meta: Readonly<Record<string, unknown>>,
  clean: (text: string) => string,
): Record<string, unknown> {
  const { spanContexts, ...own } = meta;
  const spans = isRecord(spanContexts) ? Object.values(spanContexts).filter(isRecord) : [];
  const merged: Record<string, unknown> = Object.assign({}, ...spans.map(named), named(own));
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined)
      .map(([name, value]) => [clean(name), plainValue(value, clean)]),
  );
}

/** `run_id` of the native part is the `runId` of the others. */
function named(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [RENAMED[camel] ?? camel, value];
    }),
  );
}

function plainValue(value: unknown, clean: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return shortened(clean(value));
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  // Also the end of what refers to itself.
  if (depth > LIMITS.depth) return '…';
  if (value instanceof Date) return value.toJSON();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const plain = (entry: unknown): unknown => plainValue(entry, clean, depth + 1);
  if (value instanceof Error) return plainError(value, plain);
  if (Array.isArray(value)) return value.slice(0, LIMITS.entries).map(plain);
  const entries = Object.entries(value).slice(0, LIMITS.entries);
  return Object.fromEntries(entries.map(([name, entry]) => [clean(name), plain(entry)]));
}

/** A failure's type is what code and people look for; its details are the engine's. */
function plainError(error: Error, plain: (value: unknown) => unknown): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const type = 'type' in error ? error.type : undefined;
  return {
    name,
    ...(typeof type === 'string' && { type: plain(type) }),
    message: plain(message),
    stack: plain(stack),
    ...(cause !== undefined && cause !== null && { cause: plain(cause) }),
  };
}

function shortened(text: string): string {
  return text.length > LIMITS.textCharacters ? `${text.slice(0, LIMITS.textCharacters - 1)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
