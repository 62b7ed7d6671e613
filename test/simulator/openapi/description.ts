import { readFile } from 'node:fs/promises';
import formats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** The description of Bulk Exports, `bulk-exports.openapi.yaml`. */
export interface Description {
  operations: DescribedOperation[];
  /** What a JSON pointer such as `#/components/schemas/Details` points to. A mere reference is followed. */
  at: (pointer: string) => Place;
  /** A sentence for each way in which a value does not fit the schema at a pointer. */
  schemaFaults: (pointer: string, value: unknown) => string[];
}

/** One operation of the description. */
export interface DescribedOperation {
  operationId: string;
  /** In capitals. */
  method: string;
  /** With its variables: `/v1/Exports/{ResourceType}`. */
  path: string;
  /** The pointer to the response of each status. */
  responses: Record<string, string>;
}

/** An object of the document and its pointer. */
export interface Place {
  pointer: string;
  value: JsonObject;
}

/** A JSON object of which nothing is known. */
export type JsonObject = Record<string, unknown>;

/** Reads the description. A word that no schema knows is refused when its schema is first used. */
export async function readDescription(): Promise<Description> {
  const file = new URL('../bulk-exports.openapi.yaml', import.meta.url);
  const document = parse(await readFile(file, 'utf8')) as JsonObject;
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  // The schemas refer to the document as a whole: to the checker its own words are words of a schema.
  formats.default(ajv).addVocabulary(Object.keys(document)).addSchema(document, 'description');
  const at: Description['at'] = (pointer) => {
    let value: unknown = document;
    for (const name of pointer.split('/').slice(1)) {
      value = (value as JsonObject)[name.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    const object = value as JsonObject;
    return typeof object['$ref'] === 'string' && Object.keys(object).length === 1
      ? at(object['$ref'])
      : { pointer, value: object };
  };
  return {
    operations: operationsOf(document),
    at,
    schemaFaults: (pointer, value) => {
      const validate =
        ajv.getSchema(`description${pointer}`) ?? ajv.compile({ $ref: `description${pointer}` });
      return validate(value) === true
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

/** A name as one step of a JSON pointer. */
export function step(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function operationsOf(document: JsonObject): DescribedOperation[] {
  const { paths } = document as { paths: Record<string, Record<string, PathItemEntry>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, { operationId, responses }]) => ({
        operationId,
        method: method.toUpperCase(),
        path,
        responses: Object.fromEntries(
          Object.keys(responses).map((status) => [
            status,
            `#/paths/${step(path)}/${method}/responses/${status}`,
          ]),
        ),
      })),
  );
}

interface PathItemEntry {
  operationId: string;
  responses: JsonObject;
}
