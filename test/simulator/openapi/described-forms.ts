/**
 * The forms that a description leaves open: null or not, an empty list or a full one, each word of an enumeration,
 * a property that need not come. With them a test shows that each is really met, so that none is merely claimed.
 */
import type { Description, JsonObject, Place } from './description.ts';

/** `#/components/schemas/Details null` for every form that a value of some answer may have. */
export function possibleForms(description: Description): Set<string> {
  const forms = new Set<string>();
  const visit = (pointer: string): void => {
    for (const place of placesOf(description, pointer)) {
      formsOf(place.value).forEach((form) => forms.add(`${place.pointer} ${form}`));
      for (const property of propertiesOf(place)) {
        if (property.isOptional) {
          forms.add(`${property.pointer} present`).add(`${property.pointer} absent`);
        }
        visit(property.pointer);
      }
      if (place.value['items'] !== undefined) {
        visit(`${place.pointer}/items`);
      }
    }
  };
  for (const response of description.operations.flatMap(({ responses }) => Object.values(responses))) {
    const { pointer, value } = description.at(response);
    if (Object.hasOwn(value['content'] ?? {}, 'application/json')) {
      visit(`${pointer}/content/application~1json/schema`);
    }
  }
  return forms;
}

/** Which of these forms a value has that fits the schema at the pointer. */
export function metForms(description: Description, schema: string, json: unknown): Set<string> {
  const forms = new Set<string>();
  const visit = (pointer: string, value: unknown): void => {
    for (const place of placesOf(description, pointer)) {
      forms.add(`${place.pointer} ${formOf(place.value, value)}`);
      if (Array.isArray(value) && place.value['items'] !== undefined) {
        value.forEach((each) => {
          visit(`${place.pointer}/items`, each);
        });
      }
      for (const { name, pointer: property } of isObject(value) ? propertiesOf(place) : []) {
        const isPresent = Object.hasOwn(value as JsonObject, name);
        forms.add(`${property} ${isPresent ? 'present' : 'absent'}`);
        if (isPresent) {
          visit(property, (value as JsonObject)[name]);
        }
      }
    }
  };
  visit(schema, json);
  return forms;
}

/** A schema and the ones that it refers to: all of them say something of the value. */
function placesOf(description: Description, pointer: string): Place[] {
  const place = description.at(pointer);
  const { $ref } = place.value;
  return typeof $ref === 'string' ? [place, ...placesOf(description, $ref)] : [place];
}

function propertiesOf({ pointer, value }: Place) {
  const required = (value['required'] ?? []) as string[];
  return Object.keys(value['properties'] ?? {}).map((name) => ({
    name,
    pointer: `${pointer}/properties/${name}`,
    // A schema that does not close the object only says more of another's properties.
    isOptional: value['additionalProperties'] === false && !required.includes(name),
  }));
}

/** Empty where only one form is possible. */
function formsOf({ type, enum: words, minItems }: JsonObject): string[] {
  const types = [type ?? []].flat() as string[];
  const forms = Array.isArray(words)
    ? words.map((word) => JSON.stringify(word))
    : types.flatMap((each) => {
        switch (each) {
          case 'boolean':
            return ['true', 'false'];
          case 'array':
            return minItems === undefined ? ['empty array', 'array'] : ['array'];
          default:
            return [each];
        }
      });
  return forms.length > 1 ? forms : [];
}

function formOf({ enum: words }: JsonObject, value: unknown): string {
  if (words !== undefined || typeof value === 'boolean' || value === null) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'empty array' : 'array';
  }
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
