import type { Biology, Climate, Farm } from '../../src/config/index.ts';
import { expandInfrastructure, loadConfiguration } from '../../src/config/index.ts';

export const configuration = loadConfiguration();
export const { farm, infrastructure, biology, climate, work } = configuration;

/** A geography of a made-up farm: stations with all halls, and areas with so many rings each. */
export interface SmallGeography {
  stations: number;
  /** Rings of each area. */
  areas: number[];
}

/** A made-up farm with its own names, and biology and climate that fit it. */
export function smallFarm(
  geographies: readonly SmallGeography[],
  ringCounts: number[] = infrastructure.allocation.ring_counts,
): { farm: Farm; biology: Biology; climate: Climate } {
  const twenty = infrastructure.area_types.twenty_rings;
  if (twenty === undefined) throw new Error('no area type to copy');
  const sizes = [...new Set(geographies.flatMap((it) => it.areas))];
  const site = climate.sea.geographies.Scotland?.sites.open;
  if (site === undefined) throw new Error('no site to copy');
  const nameOf = (index: number) => `Coast ${index + 1}`;
  const expanded = expandInfrastructure({
    ...infrastructure,
    allocation: { containers_per_stage: 10, ring_counts: ringCounts, reserve_margin_days: 30 },
    area_types: Object.fromEntries(
      sizes.map((count) => [`of_${count}`, { ...twenty, containers: { ...twenty.containers, count } }]),
    ),
    geographies: geographies.map(({ stations, areas }, index) => ({
      name: nameOf(index),
      code: `G${index + 1}`,
      prefix: `P${index + 1}`,
      description: '',
      stations:
        stations === 0
          ? []
          : [
              {
                name: `G${index + 1} hatchery {n}`,
                first: 1,
                count: stations,
                production: true,
                along: [[60, 5]],
                halls: ['A', 'B', 'C', 'D', 'E'],
              },
            ],
      areas: areas.map((rings, area) => ({
        name: `G${index + 1} fjord ${area + 1}`,
        first: 1,
        count: 1,
        production: true,
        along: [[60, 4]],
        type: `of_${rings}`,
        sites: ['open'],
      })),
    })),
  });
  return {
    farm: expanded,
    biology: {
      ...biology,
      stages: biology.stages.map((it) => (it.habitat === 'sea' ? { ...it, tgc: 2.7, survival: 0.96 } : it)),
    },
    climate: {
      ...climate,
      sea: {
        ...climate.sea,
        geographies: Object.fromEntries(
          geographies.map((_, index) => [nameOf(index), { sites: { open: site } }]),
        ),
      },
    },
  };
}
