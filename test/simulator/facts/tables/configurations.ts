import type { Fact } from '../switch-off.ts';

const configurationTest = 'test/simulator/configuration.test.ts';

const ENABLED =
  'while it is enabled, the file of each day appears after the day is over, and the webhook is called';

/** The configuration of a type, and the days that it makes appear by themselves. */
export const CONFIGURATION_FACTS: readonly Fact[] = [
  {
    fact: 'A configuration can be fetched.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/routes.ts',
      find: "GET: 'fetchConfiguration', ",
      replace: '',
    },
    test: configurationTest,
    title: 'a configuration starts disabled, with a webhook of empty texts',
  },
  {
    fact: 'A webhook that is not configured is an empty text, not null.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: "webhookUrl: '', webhookMethod: ''",
      replace: 'webhookUrl: null as never, webhookMethod: null as never',
    },
    test: configurationTest,
    title: 'a configuration starts disabled, with a webhook of empty texts',
  },
  {
    fact: 'An update of the configuration answers 200 and is kept.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: "Object.assign(configuration, { enabled: enabled === 'true', webhookUrl, webhookMethod });",
      replace: '',
    },
    test: configurationTest,
    title: 'an update changes what is given and keeps the rest, for its type alone',
  },
  {
    fact: 'What an update of the configuration does not name stays.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: "form.get('WebhookUrl') ?? configuration.webhookUrl",
      replace: "form.get('WebhookUrl') ?? ''",
    },
    test: configurationTest,
    title: 'an update changes what is given and keeps the rest, for its type alone',
  },
  {
    fact: 'While the configuration is enabled, the day that is over appears by itself.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: 'if (configuration.enabled && !configuration.isScheduled) {',
      replace: 'if (configuration.isScheduled) {',
    },
    test: configurationTest,
    title: ENABLED,
  },
  {
    fact: 'It is the day before that appears.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: 'addDays(dayAt(completedAtMs), -1)',
      replace: 'addDays(dayAt(completedAtMs), -2)',
    },
    test: configurationTest,
    title: ENABLED,
  },
  {
    fact: 'A configuration that was disabled makes no more days.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: 'if (!configuration.enabled) {\n      return;\n    }',
      replace: '',
    },
    test: configurationTest,
    title: ENABLED,
  },
  {
    fact: 'The webhook of the configuration is called when its day has appeared.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: "if (enabled && url !== '' && method !== '') {",
      replace: "if (url === '' && method !== '') {",
    },
    test: configurationTest,
    title: ENABLED,
  },
];
