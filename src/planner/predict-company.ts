import type { Configuration } from '../config/index.ts';
import { type Day, formatDay } from './days.ts';
import type { StageOutlook, Stay } from './outlook.ts';
import type { Count, Seen } from './predict.ts';

/** Rows about the company side of a batch: scenarios, plans, summaries, transactions. */
export function countCompany(seen: Seen, { masterData }: Configuration, count: Count): void {
  const { start, stages, days } = seen;
  const { profile_days, follow_up_stages } = masterData.scenario;
  const begun = stages.filter(({ stage, stays }) => {
    const first = firstDayOf(stays);
    return follow_up_stages.includes(stage.key) && first < days && first < profile_days;
  });
  count('scenario', 1 + begun.length);
  count('scenario_projection_run', 1);
  count('scenario_scenarioprojection', profile_days);
  const lastDay = Math.max(...stages.flatMap((it) => it.stays.map((stay) => stay.firstDay + stay.days - 1)));
  // The plan of a batch is kept while it lives.
  if (lastDay >= days) count('planning_plannedactivity', masterData.activity_templates.length);
  const { smolt_sale } = masterData.finance;
  for (const [index, { moves, stage }] of stages.entries()) {
    if (!moves.some((it) => it.day < days)) continue;
    count('environmental_stagetransitionenvironmental', 1);
    // The sale of the smolt: once all are at sea, where there is a policy for the stage that they leave.
    const isOver = moves.every((it) => it.day < days);
    const isSold = stages[index - 1]?.stage.key === smolt_sale.stage;
    if (stage.habitat === 'sea' && isOver && isSold) count('finance_intercompanytransaction', 1);
  }
  countSummaries(stages, start, days, count);
}

/** A summary for each month that is over, of every fed container and of the batch. */
function countSummaries(stages: readonly StageOutlook[], start: Day, days: number, count: Count): void {
  /** By month: the last day of the batch in it. */
  const months = new Map<string, number>();
  for (const { stage, stays } of stages) {
    if (stage.meals_per_day === 0) continue;
    for (const stay of stays) {
      for (const [month, last] of lastDays(stay, start)) {
        if (last < days) count('inventory_containerfeedingsummary', 1);
        months.set(month, Math.max(months.get(month) ?? 0, last));
      }
    }
  }
  count('inventory_batchfeedingsummary', [...months.values()].filter((last) => last < days).length);
}

/** The last batch day of a container in each calendar month, by YYYY-MM. */
function lastDays(stay: Stay, start: Day): Map<string, number> {
  const found = new Map<string, number>();
  const end = stay.firstDay + stay.days;
  for (let day = stay.firstDay; day < end; ) {
    const date = formatDay(start + day);
    const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const next = day + length - Number(date.slice(8, 10)) + 1;
    found.set(date.slice(0, 7), Math.min(next, end) - 1);
    day = next;
  }
  return found;
}

function firstDayOf(stays: readonly Stay[]): number {
  return Math.min(...stays.map((it) => it.firstDay));
}
