import { writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundlePath, sdkVersion } from '../../worker/shipped-bundle.ts';

/** Bundles the workflow of a folder, where the package is built or staged, and leaves it where a Worker looks for it. */
export async function writeShippedBundle(folder: string): Promise<void> {
  const version = sdkVersion();
  if (version === undefined) throw new Error("The packages of Temporal's SDK are not of one version.");
  await writeFile(bundlePath(pathToFileURL(folder + sep), version), await bundleForShipping(folder));
}

/**
 * The bundle of such a folder. Modules are named from there on, so that it is the same on every machine; its stack
 * traces name files and lines, whose text is left out: half of the bundle would be that.
 */
export async function bundleForShipping(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'workflows'),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({
      ...config,
      context: folder,
      devtool: 'inline-nosources-source-map',
      output: { ...config.output, devtoolModuleFilenameTemplate: nameInTraces },
    }),
  });
  return code;

  function nameInTraces({ absoluteResourcePath: path }: { absoluteResourcePath: string }): string {
    const [, inPackages] = /.*[\\/]node_modules[\\/](.+)$/.exec(path) ?? [];
    return inPackages ?? join('temporal-bulk-exports', relative(folder, path));
  }
}
