import type { Climate, Farm } from '../config/index.ts';
import { type Day, monthOf } from './days.ts';
import { combine, noiseKey, normal, stream, uniform, ValueNoise } from './draws.ts';

/** The day before 2000: day numbers of noise and seasons count from it. */
const NOISE_EPOCH: Day = 10_956;

/** The time axis of all noise and seasons: 1 January 2000 is day 1. */
export function dayNumber(day: Day): number {
  return day - NOISE_EPOCH;
}

/** 1 on day phi of the year, -1 half a year later. */
export function season(day: Day, phi: number): number {
  return Math.cos((2 * Math.PI * (dayNumber(day) - phi)) / 365.25);
}

/** What changes from day to day in a place, worked out when it is asked for. */
interface Water {
  temperature: (day: Day) => number;
  isStormy: (day: Day) => boolean;
}

/** The water that the simulation draws: temperatures of halls and areas, days too rough to feed. Deg C. */
export class Waters {
  readonly #climate: Climate;
  readonly #seed: number;
  readonly #storm: { winter: number; other: number; winter_months: readonly number[] };
  readonly #areas = new Map<string, Water>();
  readonly #coasts = new Map<number, (day: Day) => number>();
  readonly #byName: ReadonlyMap<string, Farm['areas'][number]>;
  readonly #geographies: ReadonlyMap<number, string>;

  constructor(
    seed: number,
    farm: Farm,
    climate: Climate,
    storm: { winter: number; other: number; winter_months: readonly number[] },
  ) {
    this.#seed = seed;
    this.#climate = climate;
    this.#storm = storm;
    this.#byName = new Map(farm.areas.map((it) => [it.name, it]));
    this.#geographies = new Map(farm.geographies.map((it) => [it.id, it.name]));
  }

  /** A hall from the day on which a stage begins in it. */
  inHall(hall: string, stageKey: string, firstDay: Day): Water {
    const water = this.#climate.freshwater.stages[stageKey];
    if (water === undefined) throw new Error(`no water for ${stageKey}: the climate was not checked`);
    const { ramp, temperature, hall_sd } = water;
    const seed = combine(stream(this.#seed, 'hall temperature'), noiseKey(hall));
    const noise = new ValueNoise(seed, {
      tau: this.#climate.freshwater.temperature.hall_tau,
      sigma: hall_sd,
    });
    return {
      temperature: (day) => {
        const n = day - firstDay;
        const setPoint =
          ramp !== undefined && n < ramp.days
            ? ramp.from + ((temperature - ramp.from) * n) / ramp.days
            : temperature;
        return setPoint + noise.at(dayNumber(day));
      },
      isStormy: () => false,
    };
  }

  /** Noon temperature and storms of an area. */
  atArea(name: string): Water {
    let found = this.#areas.get(name);
    if (found === undefined) {
      found = this.#areaWater(name);
      this.#areas.set(name, found);
    }
    return found;
  }

  #areaWater(name: string): Water {
    const area = this.#byName.get(name);
    const geography = this.#geographies.get(area?.geographyId ?? -1) ?? '';
    const site = this.#climate.sea.geographies[geography]?.sites[area?.site ?? '']?.temperature;
    if (area === undefined || site === undefined) throw new Error(`no climate for ${name}: not checked`);
    const key = noiseKey(name);
    const { area_sd, area_noise } = this.#climate.sea.temperature;
    const own = combine(stream(this.#seed, 'area climate'), key);
    const mean = site.mean + area_sd.mean * normal(own, 1);
    const amplitude = site.amplitude * (1 + area_sd.amplitude * normal(own, 2));
    const phi = site.phi + area_sd.phi * normal(own, 3);
    const noises = this.#noises('area temperature', key, area_noise);
    const coast = this.#coast(area.geographyId, geography);
    const storms = combine(stream(this.#seed, 'storm'), key);
    const { winter, other, winter_months } = this.#storm;
    return {
      temperature: remembered(
        (day) => mean + amplitude * season(day, phi) + coast(day) + sumAt(noises, dayNumber(day)),
      ),
      isStormy: (day) =>
        uniform(storms, dayNumber(day)) < (winter_months.includes(monthOf(day)) ? winter : other),
    };
  }

  #coast(id: number, name: string): (day: Day) => number {
    let found = this.#coasts.get(id);
    if (found === undefined) {
      const { geography_noise } = this.#climate.sea.temperature;
      const noises = this.#noises('geography temperature', noiseKey(name), geography_noise);
      found = remembered((day) => sumAt(noises, dayNumber(day)));
      this.#coasts.set(id, found);
    }
    return found;
  }

  /** The simulation has a slow and a fast noise. */
  #noises(
    purpose: string,
    key: ReturnType<typeof noiseKey>,
    noises: readonly { tau: number; sigma: number }[],
  ): ValueNoise[] {
    return noises
      .slice(0, 2)
      .map(
        (it, index) =>
          new ValueNoise(
            combine(stream(this.#seed, `${purpose}, ${index === 0 ? 'slow' : 'fast'}`), key),
            it,
          ),
      );
  }
}

function sumAt(noises: readonly ValueNoise[], no: number): number {
  let sum = 0;
  for (const noise of noises) sum += noise.at(no);
  return sum;
}

/** The same function; each day is worked out once. */
function remembered(work: (day: Day) => number): (day: Day) => number {
  const known = new Map<Day, number>();
  return (day) => {
    let value = known.get(day);
    if (value === undefined) {
      value = work(day);
      known.set(day, value);
    }
    return value;
  };
}
