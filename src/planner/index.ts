export { type Alternative, type Certificate, PlanRefusal } from './certificate.ts';
export { type Extension, extend } from './extend.ts';
export { type Plan, plan, reviewSchedule } from './plan.ts';
export { isPreset, PRESETS, type PresetName, presetCommand } from './presets.ts';
export type { PlanRequest, ReserveMode } from './request.ts';
export type { Schedule, ScheduleBatch, Utilisation, WorkerPartition } from './schedule.ts';
export { formatExtended, formatSchedule, readSchedule, writeSchedule, writeWhole } from './schedule-file.ts';
export { type Summary, summarise } from './summarise.ts';
export { type Rule, type Violation, validateSchedule } from './validate.ts';
