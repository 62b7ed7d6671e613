import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The path of the workflow's bundle that is made for a version of Temporal's SDK, in the folder where the package is
 * built. A bundle holds a part of the SDK, whose rest has to be of the same version.
 */
export function bundlePath(folder: URL, version: string): string {
  return fileURLToPath(new URL(`worker/workflows-${version}.cjs`, folder));
}

/** The version of Temporal's SDK that this package finds; undefined where its parts are not of one version. */
export function sdkVersion(): string | undefined {
  const [version, ...others] = ['workflow', 'worker'].map(versionOf);
  return others.every((other) => other === version) ? version : undefined;
}

/**
 * The bundle that the package brings, which saves a Worker the seconds and the memory of making it. Undefined where
 * the SDK is of another version than the one that it was made for, and where this module runs from its source.
 */
export function findShippedBundle(): { codePath: string } | undefined {
  const version = sdkVersion();
  const codePath = version && bundlePath(new URL('..', import.meta.url), version);
  return codePath && existsSync(codePath) ? { codePath } : undefined;
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`@temporalio/${name}/package.json`) as {
    version: string;
  };
  return version;
}
