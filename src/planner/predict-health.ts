import type { Configuration } from '../config/index.ts';
import { combine, noiseKey, stream, ValueNoise } from './draws.ts';
import type { StageOutlook, Stay } from './outlook.ts';
import type { Count, Seen } from './predict.ts';
import { dayNumber, season } from './water.ts';

/** Rows about the health of a batch: treatments, journal, samplings, laboratory, lice. */
export function countHealth(seen: Seen, configuration: Configuration, seed: number, count: Count): void {
  const { stages, days } = seen;
  const { health, biology } = configuration;
  countTreatments(seen, biology.vaccination_days, count);
  const lastDay = Math.max(
    ...stages.flatMap((it) => it.stays.filter((stay) => stay.days > 0).map((stay) => lastDayWithFish(stay))),
  );
  const end = Math.min(days - 1, lastDay);
  // A routine entry every so many days, as long as there are fish to look at.
  count('health_journalentry', Math.max(0, Math.floor(end / health.journal.every_days)));
  const { first_day, every_days } = health.laboratory.screening;
  count('health_healthlabsample', end < first_day ? 0 : Math.floor((end - first_day) / every_days) + 1);

  const parameters = Object.keys(health.sampling.parameters).length;
  for (const stage of stages) {
    if (stage.stage.order >= health.sampling.first_stage_order) {
      const samplings = samplingsOf(stage, days, health.sampling.every_days);
      count('health_healthsamplingevent', samplings);
      count('health_individualfishobservation', samplings * health.sampling.fish);
      count('health_fishparameterscore', samplings * health.sampling.fish * parameters);
    }
    if (stage.stage.habitat === 'sea') countLice(seen, stage, configuration, seed, count);
  }
}

/** A treatment for every container and procedure, a journal entry for every round that has begun. */
function countTreatments({ stages, days }: Seen, vaccinations: readonly number[], count: Count): void {
  for (const day of vaccinations) {
    const stays = stages.flatMap((it) => it.stays.filter((stay) => isHere(stay, day)));
    if (day >= days || stays.length === 0) continue;
    count('health_treatment', stays.length);
    count('health_journalentry', 1);
  }
  for (const { delousings } of stages) {
    for (const round of delousings) {
      const treated = round.days.filter((day) => day !== undefined && day < days).length;
      count('health_treatment', treated);
      if (treated > 0) count('health_journalentry', 1);
    }
  }
}

/** Days on which one container of a stage is sampled. */
function samplingsOf({ stays, startDay }: StageOutlook, days: number, every: number): number {
  const last = Math.max(...stays.map(lastDayWithFish));
  const first = Math.min(...stays.map((it) => it.firstDay));
  let found = 0;
  for (let day = startDay + every - 1; day <= Math.min(last, days - 1); day += every) {
    if (day >= first) found++;
  }
  return found;
}

/** Weekly counts of each ring: a row for every type of which any is found, and one where none is. */
function countLice(
  { batch, start, days }: Seen,
  { stays, startDay }: StageOutlook,
  { health }: Configuration,
  seed: number,
  count: Count,
): void {
  const { every_days, fish: mostFish, dispersion, caligus, types } = health.lice_count;
  const noise = new ValueNoise(combine(stream(seed, 'caligus'), noiseKey(batch.sea.area)), caligus);
  let rows = 0;
  for (const stay of stays) {
    const { females } = stay;
    if (females === undefined) continue;
    for (let n = 0; n < Math.min(stay.days, days - stay.firstDay); n++) {
      const day = stay.firstDay + n;
      const isTurn = (day - startDay + stay.no) % every_days === every_days - 1;
      const fish = Math.min(mostFish, stay.fish[n] ?? 0);
      if (!isTurn || fish <= 0) continue;
      const level = caligus.low + ((caligus.high - caligus.low) * (1 + season(start + day, caligus.phi))) / 2;
      const drift = Math.exp(noise.at(dayNumber(start + day)) - caligus.sigma ** 2 / 2);
      const sea = level * drift * (1 - Math.exp(-n / caligus.settle_days));
      let nothing = 1;
      for (const type of types) {
        const ahead = Math.min(n + type.days_ahead, females.length - 1);
        const mean = fish * type.factor * (type.of === 'caligus' ? sea : (females[ahead] ?? 0));
        // None in a negative binomial.
        const none = (1 + mean / dispersion) ** -dispersion;
        rows += 1 - none;
        nothing *= none;
      }
      rows += nothing;
    }
  }
  count('health_licecount', rows);
}

function isHere(stay: Stay, day: number): boolean {
  return day >= stay.firstDay && day < stay.firstDay + stay.days;
}

/** The last day at whose end a container holds fish. */
function lastDayWithFish(stay: Stay): number {
  const last = stay.firstDay + stay.days - 1;
  return (stay.fish[stay.days - 1] ?? 0) > 0 ? last : last - 1;
}
