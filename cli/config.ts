/** The environment variables of this process. Nothing else of the command line reads them. */
export function readEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
