/** What the published JSON Schemas say of a value, as a validator of a reader would. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as formats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mapSchema, type Schema, type SchemaName, SCHEMAS } from './schemas.ts';

/** Gives the faults of a value, a line each; none where it is as the schema says. */
export type Judge = (value: unknown) => string[];

/** The published file, as it is. */
export function readSchema(name: SchemaName): Schema {
  return JSON.parse(readFileSync(join(SCHEMAS, `${name}.json`), 'utf8')) as Schema;
}

/** Judges by the published schema. It lets fields pass that it does not know, as a newer version may add some. */
export function createJudge(name: SchemaName): Judge {
  return judgeBy(readSchema(name));
}

/** Judges by the same schema without that openness: what is published has to name every field that there is. */
export function createClosedJudge(name: SchemaName): Judge {
  const close = (node: Schema): Schema =>
    node.properties !== undefined && node['type'] === 'object' && !('additionalProperties' in node)
      ? { ...node, additionalProperties: false }
      : node;
  return judgeBy(mapSchema(readSchema(name), close) as Schema);
}

function judgeBy(schema: Schema): Judge {
  // A manifest may be null or a text; all else that a strict validator refuses is refused.
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  };
}
