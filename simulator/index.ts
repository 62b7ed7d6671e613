export { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from './api.ts';
export type {
  ExpectedFile,
  ExpectedFileInput,
  QuotaRejection,
  Simulator,
  SimulatorCredentials,
  SimulatorOptions,
} from './api.ts';
export type { ClockOptions, SimulatorClock } from './clock.ts';
export type { Ledger, LedgerEmail, LedgerJob, LedgerWebhook } from './ledger.ts';
export { parseScript, SimulatorScriptInvalid } from './parse-script.ts';
export { startSimulator } from './start-simulator.ts';
export type {
  DayScript,
  DetailsScript,
  FaultKind,
  FaultKindScript,
  FaultMatch,
  FaultScript,
  LifeScript,
  Operation,
  ResourceType,
  ScriptDays,
  ScriptDuration,
  SimulatorScript,
  StatusScript,
  StoreScript,
  WebhookScript,
} from './script.ts';
