/**
 * JSON Schemas of what callers in other languages send and get, made of the types: `schemas/` holds them, `npm run
 * schemas` writes them anew.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator, type SchemaGenerator } from 'ts-json-schema-generator';
import { z } from 'zod';
import { inputSchema } from '../../workflows/input.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where they lie, as they are published. */
export const SCHEMAS = join(root, 'schemas');

/** A JSON Schema, or a part of one. */
export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

/** What callers meet, by the name of the file, and the type of it in `workflows/api.ts`. */
const TYPES = {
  input: 'ExportJobInput',
  progress: 'ExportProgress',
  result: 'ExportJobResult',
  failure: 'ExportFailure',
} as const;

/** The name of a schema: that of its file without `.json`. */
export type SchemaName = keyof typeof TYPES;

/** The text of each file. */
export function makeSchemas(): Record<SchemaName, string> {
  // TypeScript 7 has no interface for programs: the generator brings an older compiler, which reads types alone here.
  const generator = createGenerator({
    path: join(root, 'workflows/api.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    skipTypeCheck: true,
    topRef: false,
    expose: 'export',
    additionalProperties: true,
  });
  const texts = Object.entries(TYPES).map(([name, type]) => {
    const described = schemaOfType(generator, type);
    const schema = name === 'input' ? inputSchemaWith(described) : described;
    const text = JSON.stringify({ $schema: DIALECT, title: type, ...schema }, null, 2);
    return [name, `${text.replaceAll(CONTROL_CHARACTERS, ASCII_AND_LATIN_1)}\n`];
  });
  return Object.fromEntries(texts) as Record<SchemaName, string>;
}

/** Not every language's patterns know the category: Python's do not. */
const CONTROL_CHARACTERS = String.raw`\\p{Cc}`;
const ASCII_AND_LATIN_1 = String.raw`\\u0000-\\u001f\\u007f-\\u009f`;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Open to fields that a newer version adds: readers have to let them pass. */
function schemaOfType(generator: SchemaGenerator, type: string): Schema {
  const { $schema: _, definitions, ...schema } = mapSchema(generator.createSchema(type), modernize) as Schema;
  return { ...schema, ...(definitions !== undefined && { $defs: definitions as Record<string, Schema> }) };
}

/** From draft 7, which the generator speaks. */
function modernize(node: Schema): Schema {
  const { $ref, type, items, description, ...rest } = node;
  return {
    ...(typeof $ref === 'string' && { $ref: $ref.replace('#/definitions/', '#/$defs/') }),
    // Every number that an export tells counts something.
    ...(type === 'number' ? { type: 'integer', minimum: 0 } : type !== undefined && { type }),
    ...(typeof description === 'string' && {
      description: description.replaceAll(/\{@link ([^}]+)\}/g, '`$1`').replaceAll(/\s+/g, ' '),
    }),
    ...rest,
    ...(items !== undefined && { items }),
  };
}

/**
 * What is refused is said by the check of the input itself, what it means by the type. Closed: an unknown field is
 * refused by the worker, too.
 */
function inputSchemaWith(described: Schema): Schema {
  const { $schema: _, ...checked } = z.toJSONSchema(inputSchema, { io: 'input' }) as Schema;
  return describeLike(checked, described, described.$defs ?? {});
}

function describeLike(checked: Schema, described: Schema, definitions: Record<string, Schema>): Schema {
  const meant = resolve(described, definitions);
  const description = described['description'] ?? meant['description'];
  if (checked.properties === undefined)
    return { ...(description !== undefined && { description }), ...checked };
  const names = Object.keys(checked.properties);
  const others = Object.keys(meant.properties ?? {});
  if (names.toSorted().join() !== others.toSorted().join())
    throw new Error(
      `Expected one set of fields in workflows/input.ts and api.ts: ${names.join()}; ${others.join()}`,
    );
  const properties = Object.fromEntries(
    names.map((name) => [
      name,
      describeLike(checked.properties![name]!, meant.properties![name]!, definitions),
    ]),
  );
  return { ...(description !== undefined && { description }), ...checked, properties };
}

function resolve(schema: Schema, definitions: Record<string, Schema>): Schema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? (definitions[$ref.split('/').at(-1)!] ?? schema) : schema;
}

/** The value with `change` made to each object in it, the innermost first. */
export function mapSchema(value: unknown, change: (node: Schema) => Schema): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSchema(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSchema(item, change)])),
  );
}
