export { checkHistory } from './check-history.ts'
export type {
  HistoryFault,
  HistoryFaultKind,
  ServerContent,
  Write,
  WriteKind,
  WriteOutcome,
} from './history.ts'
export { type HistoryRecorder, type HistoryRecorderOptions, recordHistory, type WriteReply } from './record-history.ts'
