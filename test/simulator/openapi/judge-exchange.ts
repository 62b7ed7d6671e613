import type { Reply } from '../caller.ts';
import { step } from './description.ts';
import type { DescribedOperation, Description, JsonObject, Place } from './description.ts';

/** What was asked and what came back. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  reply: Pick<Reply, 'status' | 'headers' | 'bytes'>;
}

/** What the description says of an exchange. */
export interface Verdict {
  /** `FetchJob 200`; `elsewhere 404` where the description has no such operation. */
  name: string;
  /** A sentence for each way in which the answer is not as described. */
  faults: string[];
  /** The JSON in the body and the pointer to its schema; null where there is none. */
  body: { schema: string; json: unknown } | null;
}

/** Holds an answer against the description: its status, its headers, its content type and its body. */
export function judgeExchange(description: Description, exchange: Exchange): Verdict {
  const { method, path, reply } = exchange;
  const samePath = operationsAt(description, path);
  const operation = samePath.find((each) => each.method === method);
  const name = `${operation?.operationId ?? 'elsewhere'} ${reply.status}`;
  const pointer = (operation?.responses ?? ELSEWHERE)[String(reply.status)];
  if (pointer === undefined) {
    return { name, faults: [`${method} ${path} answered ${reply.status}: not described`], body: null };
  }
  const response = description.at(pointer);
  const allowed = [...samePath.map((each) => each.method), 'OPTIONS'].join(', ');
  const mustAllow = operation === undefined && [204, 405].includes(reply.status);
  const content = judgeContent(description, response, reply);
  const faults = [
    ...judgeHeaders(description, response, reply),
    ...(mustAllow && reply.headers.allow !== allowed ? [`Allow must be ${allowed}`] : []),
    ...content.faults,
  ];
  return { name, faults, body: content.body };
}

/** What may be answered where the description has no operation. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  204: '#/x-elsewhere/options',
  401: '#/x-elsewhere/unauthenticated',
  404: '#/x-elsewhere/unknownPath',
  405: '#/x-elsewhere/unknownMethod',
};

/** Headers of HTTP itself. */
const PLUMBING = new Set(['connection', 'keep-alive', 'content-length', 'content-type', 'transfer-encoding']);

/** The operations of a path. A path without a variable goes before one with it. */
function operationsAt({ operations }: Description, path: string): DescribedOperation[] {
  const matching = operations.filter(({ path: template }) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  const isJob = matching.some(({ path: template }) => template.includes('/Jobs/{'));
  return matching.filter(({ path: template }) => !isJob || template.includes('/Jobs/{'));
}

function judgeHeaders(description: Description, response: Place, { headers }: Exchange['reply']): string[] {
  const described = Object.keys(response.value['headers'] ?? {});
  const known = new Set(described.map((name) => name.toLowerCase()));
  const unknown = Object.keys(headers).filter((name) => !known.has(name) && !PLUMBING.has(name));
  const faults = unknown.map((name) => `the header ${name} is not described`);
  for (const name of described) {
    const { pointer, value } = description.at(`${response.pointer}/headers/${step(name)}`);
    const got = headers[name.toLowerCase()];
    if (got !== undefined) {
      const typed = read(String(got), value['schema'] as JsonObject);
      const wrong = description.schemaFaults(`${pointer}/schema`, typed);
      faults.push(...wrong.map((fault) => `the header ${name}${fault}`));
    } else if (value['required'] === true) {
      faults.push(`the header ${name} is missing`);
    }
  }
  return faults;
}

function judgeContent(
  description: Description,
  response: Place,
  { headers, bytes }: Exchange['reply'],
): Pick<Verdict, 'faults' | 'body'> {
  const [type] = Object.keys(response.value['content'] ?? {});
  const got = headers['content-type'];
  const faults = got === type ? [] : [`the content type must be ${type}, got ${got}`];
  if (type === undefined) {
    return { faults: bytes.length === 0 ? faults : [...faults, 'the body must be empty'], body: null };
  }
  const schema = `${response.pointer}/content/${step(type)}/schema`;
  const text = bytes.toString('utf8');
  const isJson = type === 'application/json';
  const content = isJson ? readJson(text) : text;
  faults.push(...description.schemaFaults(schema, content));
  return { faults, body: isJson ? { schema, json: content } : null };
}

/** The value that a header tells, where its text is one of the type. */
function read(text: string, { type }: JsonObject): unknown {
  switch (type) {
    case 'integer':
      return /^\d+$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text);
    default:
      return text;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
