/** What the official library offers, as its own objects tell it, and what of that a test has used. */
export interface LibrarySurface {
  /** The same object, which notes what is used of it and of all that it gives. */
  watch: <T extends object>(object: T) => T;
  /**
   * What nobody used, as `Class.member` or `resource.member`, of every object in sight. An object is in sight once
   * the member that gives it was used, so none can hide.
   */
  unused: () => string[];
}

/** What all products of the library have in common: it is no part of what this one offers. */
const BASE_CLASSES = new Set(['Domain', 'Version']);

/** How an object prints itself and a page reads its own answer: no request is behind them. */
const NO_REQUESTS = new Set([
  'constructor',
  'toJSON',
  'forOwn',
  'getInstance',
  'getNextPageUrl',
  'getPreviousPageUrl',
  'loadInstances',
  'loadPage',
  'processResponse',
]);

/** Starts with nothing in sight. Calls that the library makes of itself do not count as used. */
export function surveySurface(): LibrarySurface {
  const offered = new Set<string>();
  const used = new Set<string>();
  const watched = new WeakMap<object, object>();

  const watch = (object: object, label: string): object => {
    const known = watched.get(object);
    if (known !== undefined) {
      return known;
    }
    for (const member of membersOf(object)) {
      offered.add(`${label}.${member}`);
    }
    const proxy = new Proxy(object, {
      get: (target, key) => {
        // With the object itself as receiver: what it uses of itself goes past this proxy.
        const value: unknown = Reflect.get(target, key, target);
        if (typeof key === 'symbol' || value === undefined) {
          return value;
        }
        const name = `${label}.${key}`;
        if (typeof value !== 'function' || isLibrarys(value)) {
          used.add(name);
          return watchAll(value, key);
        }
        return (...args: unknown[]): unknown => {
          used.add(name);
          return watchAll(Reflect.apply(value, target, args), key);
        };
      },
      // A list is a function, which gives one of its resources.
      apply: (target, _this, args: unknown[]) => {
        used.add(`${label}()`);
        return watchAll(Reflect.apply(target as () => unknown, undefined, args), label);
      },
    });
    watched.set(object, proxy);
    if (typeof object === 'function') {
      offered.add(`${label}()`);
    }
    return proxy;
  };

  /** Watches what a member gave: an object of the library, a list or a promise of such, or one with HTTP around it. */
  const watchAll = (value: unknown, key: string): unknown => {
    if (value instanceof Promise) {
      return value.then((settled: unknown) => watchAll(settled, key));
    }
    if (Array.isArray(value)) {
      return value.map((each: unknown) => watchAll(each, key));
    }
    if (isLibrarys(value)) {
      return watch(value, labelOf(value, key));
    }
    return hasBody(value) ? { ...value, body: watchAll(value.body, key) } : value;
  };

  return {
    watch: <T extends object>(object: T) => watch(object, labelOf(object, '')) as T,
    unused: () => [...offered].filter((name) => !used.has(name)).toSorted(),
  };
}

/** The class where there is one, else the name under which the resource is found. */
function labelOf(object: object, key: string): string {
  const name = object.constructor.name;
  return ['Function', 'Object'].includes(name) ? key : name;
}

/** Own members of a resource; those of the classes of an object, with what they inherit. */
function membersOf(object: object): string[] {
  const names: string[] = [];
  if (['Function', 'Object'].includes(object.constructor.name)) {
    names.push(...Object.getOwnPropertyNames(object));
  } else {
    for (let each = prototypeOf(object); each !== null; each = prototypeOf(each)) {
      names.push(...Object.getOwnPropertyNames(each));
    }
  }
  const ofFunctions = new Set(typeof object === 'function' ? ['length', 'name', 'prototype'] : []);
  return names.filter((name) => !name.startsWith('_') && !NO_REQUESTS.has(name) && !ofFunctions.has(name));
}

function prototypeOf(object: object): object | null {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || prototype === Object.prototype || BASE_CLASSES.has(prototype.constructor.name)
    ? null
    : prototype;
}

/** Every object of the library knows the version of the API that it belongs to; a domain holds its versions. */
function isLibrarys(value: unknown): value is object {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') && '_version' in value
  );
}

function hasBody(value: unknown): value is { body: unknown } {
  return typeof value === 'object' && value !== null && 'body' in value && 'statusCode' in value;
}
