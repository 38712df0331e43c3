export { type Alternative, type Certificate, PlanRefusal } from './certificate.ts';
export { type Plan, plan } from './plan.ts';
export { isPreset, PRESETS, type PresetName, presetCommand } from './presets.ts';
export type { PlanRequest, ReserveMode } from './request.ts';
export type { Schedule, ScheduleBatch, Utilisation, WorkerPartition } from './schedule.ts';
export { formatSchedule, readSchedule, writeSchedule } from './schedule-file.ts';
export { type Summary, summarise } from './summarise.ts';
export { type Rule, type Violation, validateSchedule } from './validate.ts';
