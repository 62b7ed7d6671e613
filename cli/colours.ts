/**
 * Whether to write in colours, by what other programs go by: `NO_COLOR` above all, then `FORCE_COLOR` and
 * `CLICOLOR_FORCE`, then `CLICOLOR=0`; else where there is a terminal that knows colours.
 */
export function wantsColours(env: NodeJS.ProcessEnv, { isTerminal }: { isTerminal: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM } = env;
  if (NO_COLOR || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  if (FORCE_COLOR || (CLICOLOR_FORCE && CLICOLOR_FORCE !== '0')) return true;
  return isTerminal && CLICOLOR !== '0' && TERM !== 'dumb';
}
