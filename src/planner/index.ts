export { type Plan, type PlanRequest, plan } from './plan.ts';
export { isPreset, PRESETS, type PresetName, presetCommand } from './presets.ts';
export type { Schedule, ScheduleBatch, Utilisation, WorkerPartition } from './schedule.ts';
export { formatSchedule, readSchedule, writeSchedule } from './schedule-file.ts';
export { type Summary, summarise } from './summarise.ts';
export { type Rule, type Violation, validateSchedule } from './validate.ts';
