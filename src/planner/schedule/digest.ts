import type { Biology, Climate, Farm, Work } from '../../config/index.ts';
import { contentDigest } from '../../config/index.ts';

/** Digest of the configuration that a plan depends on; other numbers may change and the plan holds. */
export function planningDigest(farm: Farm, biology: Biology, climate: Climate, work: Work): string {
  const { batch, growth, stages, vaccination_days, feeding, harvest } = biology;
  const { fasting_days, storm } = feeding;
  const sea = Object.entries(climate.sea.geographies).map(([name, { sites }]) => [
    name,
    Object.entries(sites).map(([site, { temperature }]) => [site, temperature]),
  ]);
  const halls = Object.entries(climate.freshwater.stages).map(([key, { temperature, ramp }]) => [
    key,
    temperature,
    ramp,
  ]);
  return contentDigest({
    farm,
    batch: {
      eggs: batch.eggs,
      target: batch.harvest_target_kg,
      sd: [batch.growth_sd, batch.container_growth_sd],
    },
    growth,
    stages: stages.map(({ key, order, habitat, days, tgc, survival, survival_days, ...it }, index) => {
      const hall = 'hall' in it ? it.hall : null;
      const start = it.weight_at_start_g ?? stages[index - 1]?.yolk?.weight_at_end_g;
      return { key, order, habitat, hall, days, start, tgc, survival, survival_days };
    }),
    vaccination_days,
    feeding: { fasting_days, storm },
    harvest: harvest.fish_per_day,
    sea,
    halls,
    days_off: work.days_off,
  });
}
