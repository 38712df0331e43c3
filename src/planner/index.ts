export { formatDay, parseDay } from './days.ts';
export { type Extension, extend } from './extend.ts';
export { Week } from './farm/week.ts';
export { type Plan, plan, reviewSchedule } from './plan.ts';
export { isPreset, PRESETS, type PresetName, presetCommand, presetUpTo } from './presets.ts';
export type { PlanRequest, ReserveMode } from './request/request.ts';
export type { Schedule, ScheduleBatch, Utilisation, WorkerPartition } from './schedule/schedule.ts';
export {
  formatExtended,
  formatSchedule,
  readSchedule,
  writeSchedule,
  writeWhole,
} from './schedule/schedule-file.ts';
export { requireWithinSpan } from './schedule/span.ts';
export { type Rule, type Violation, validateSchedule } from './schedule/validate.ts';
export { daysOff } from './schedule/working-days.ts';
export { type Alternative, type Certificate, PlanRefusal } from './solve/certificate.ts';
export { estimate } from './summary/estimate.ts';
export { predictRows } from './summary/expected-rows.ts';
export { strains } from './summary/strain.ts';
export { type Summary, type SummaryOptions, summarise } from './summary/summarise.ts';
