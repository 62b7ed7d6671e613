export { bulkExports } from './api.ts';
export type {
  ExportedDay,
  ExportedJob,
  ExportFailureType,
  ExportJobInput,
  ExportJobResult,
  ExportTotals,
  ResourceType,
} from '../workflows/api.ts';
