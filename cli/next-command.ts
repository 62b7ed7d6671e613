import type { CommandOptions, Surroundings } from './cli.ts';

/** What a person typed. */
interface Typed extends Pick<Surroundings, 'env'> {
  options: Pick<CommandOptions, 'text'>;
}

/** Words for a person to type next, which are called in the same way and find the same Temporal as those before. */
export function nextCommand({ options, env }: Typed, name: string, workflowId: string): string {
  const places = ['address', 'namespace'].flatMap((option) => {
    const place = options.text(option);
    return place === undefined ? [] : [`--${option}`, place];
  });
  return [calledBy(env), name, ...[workflowId, ...places].map(shellWord)].join(' ');
}

/** npm says of which script or command it is the runner. */
function calledBy({ npm_lifecycle_event: called }: NodeJS.ProcessEnv): string {
  if (called === 'npx') return 'npx bulk-exports';
  return called === 'bulk-exports' ? 'npm run bulk-exports --' : 'bulk-exports';
}

/** A workflow id may hold whatever a shell takes for its own. */
function shellWord(word: string): string {
  return /^[\w.:/@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
