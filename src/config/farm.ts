import { EXIT, UserError } from '../errors.ts';
import { lengthOf } from './columns.ts';
import type { Infrastructure } from './infrastructure.ts';

/** The expanded infrastructure: plain data, ids are ordinals from 1 in the order of the file. */
export interface Farm {
  geographies: { id: number; name: string; code: string; prefix: string; description: string }[];
  stations: {
    id: number;
    name: string;
    geographyId: number;
    latitude: number;
    longitude: number;
    production: boolean;
  }[];
  /** letter: the stage that the hall is for; '' for halls that are not planned. */
  halls: {
    id: number;
    name: string;
    stationId: number;
    letter: string;
    areaSqm: number;
    production: boolean;
  }[];
  areas: {
    id: number;
    name: string;
    geographyId: number;
    site: string;
    latitude: number;
    longitude: number;
    maxBiomassKg: number;
    production: boolean;
    /** Name of the first area of those that share their lice. */
    cluster: string;
  }[];
  /** Exactly one of hallId and areaId is set; position counts from 1 within it. */
  containers: {
    id: number;
    name: string;
    hallId: number | null;
    areaId: number | null;
    type: string;
    volumeM3: number;
    maxBiomassKg: number;
    position: number;
    production: boolean;
  }[];
  feedContainers: {
    id: number;
    name: string;
    hallId: number | null;
    areaId: number | null;
    kind: 'SILO' | 'BARGE';
    capacityKg: number;
  }[];
  sensors: { id: number; name: string; containerId: number; parameter: string; type: string }[];
  /**
   * How places are handed out: containers a freshwater stage takes, ring counts in the order tried, days
   * that rings are kept after the predicted end of a harvest.
   */
  allocation: { containersPerStage: number; ringCounts: number[]; reserveMarginDays: number };
}

type HallType = Infrastructure['hall_types'][string];
type AreaType = Infrastructure['area_types'][string];
type ContainerGroup = HallType['containers'];

/**
 * Expands the patterns and counts of infrastructure.yaml into the single places. Only production places are
 * instrumented, and only those with a sensor set are marked production, so that the planner can use them.
 * @throws UserError (exit 2) when two places of a kind get the same name, or a name is too long
 */
export function expandInfrastructure(infrastructure: Infrastructure): Farm {
  const farm: Farm = {
    geographies: [],
    stations: [],
    halls: [],
    areas: [],
    containers: [],
    feedContainers: [],
    sensors: [],
    allocation: {
      containersPerStage: infrastructure.allocation.containers_per_stage,
      ringCounts: [...infrastructure.allocation.ring_counts],
      reserveMarginDays: infrastructure.allocation.reserve_margin_days,
    },
  };
  const { names, hall_types, area_types, sensor_sets, sensor_types, lice_clusters } = infrastructure;

  function addContainers(
    group: ContainerGroup,
    sensors: string | undefined,
    production: boolean,
    at: { hallId: number | null; areaId: number | null },
    nameOf: (position: number) => string,
  ): void {
    for (let position = 1; position <= group.count; position++) {
      const container = add(farm.containers, {
        name: nameOf(position),
        ...at,
        type: group.type,
        volumeM3: group.volume_m3,
        maxBiomassKg: group.max_biomass_kg,
        position,
        production,
      });
      if (!production) continue;
      for (const parameter of sensor_sets[sensors ?? ''] ?? []) {
        const name = fill(names.sensor, 1, {
          container: container.name,
          parameter: parameter.replaceAll(' ', ''),
        });
        add(farm.sensors, {
          name,
          containerId: container.id,
          parameter,
          type: sensor_types[parameter] ?? 'OTHER',
        });
      }
    }
  }

  function addHall(type: HallType, station: Farm['stations'][number], position: number): void {
    const pattern = {
      hall: type.names?.hall ?? names.hall,
      container: type.names?.container ?? names.container,
      silo: type.names?.silo ?? names.silo,
    };
    const words = { station: station.name, letter: type.letter };
    const production = station.production && hasSensors(infrastructure, type);
    const hall = add(farm.halls, {
      name: fill(pattern.hall, position, words),
      stationId: station.id,
      letter: type.letter,
      areaSqm: type.area_sqm,
      production,
    });
    const inHall = { ...words, hall: hall.name };
    addContainers(type.containers, type.sensors, production, { hallId: hall.id, areaId: null }, (n) =>
      fill(pattern.container, n, inHall),
    );
    if (type.silo_kg !== undefined) {
      const name = fill(pattern.silo, position, inHall);
      add(farm.feedContainers, {
        name,
        hallId: hall.id,
        areaId: null,
        kind: 'SILO',
        capacityKg: type.silo_kg,
      });
    }
  }

  for (const { stations, areas, ...facts } of infrastructure.geographies) {
    const geography = add(farm.geographies, facts);
    for (const group of stations) {
      for (const { name, latitude, longitude } of spread(group)) {
        const { production } = group;
        const geographyId = geography.id;
        const station = add(farm.stations, { name, geographyId, latitude, longitude, production });
        for (const [index, key] of group.halls.entries()) {
          addHall(entry(hall_types, key), station, index + 1);
        }
      }
    }
    for (const group of areas) {
      const type = entry(area_types, group.type);
      const production = group.production && hasSensors(infrastructure, type);
      for (const [index, { name, latitude, longitude }] of spread(group).entries()) {
        const area = add(farm.areas, {
          name,
          geographyId: geography.id,
          site: group.sites[index % group.sites.length] ?? '',
          latitude,
          longitude,
          maxBiomassKg: type.containers.count * type.containers.max_biomass_kg,
          production,
          cluster: clusterOf(
            { geographyId: geography.id, name, latitude, longitude },
            farm.areas,
            lice_clusters,
          ),
        });
        const at = { hallId: null, areaId: area.id };
        const words = { area: area.name };
        addContainers(type.containers, type.sensors, production, at, (n) => fill(names.ring, n, words));
        for (let n = 1; n <= type.barges.count; n++) {
          const capacityKg = type.barges.capacity_kg;
          add(farm.feedContainers, { name: fill(names.barge, n, words), ...at, kind: 'BARGE', capacityKg });
        }
      }
    }
  }
  checkNames(farm);
  return farm;
}

/** The first cluster that has room and whose areas all lie near; else one of its own. */
function clusterOf(
  area: Pick<Farm['areas'][number], 'geographyId' | 'name' | 'latitude' | 'longitude'>,
  before: Farm['areas'],
  { within_km, most }: Infrastructure['lice_clusters'],
): string {
  const clusters = new Map<string, Farm['areas']>();
  for (const it of before) {
    if (it.geographyId === area.geographyId)
      clusters.set(it.cluster, [...(clusters.get(it.cluster) ?? []), it]);
  }
  for (const [name, areas] of clusters) {
    if (areas.length < most && areas.every((it) => kilometres(it, area) <= within_km)) return name;
  }
  return area.name;
}

/** On the plane: good to a thousandth over tens of kilometres. */
function kilometres(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): number {
  const east =
    (to.longitude - from.longitude) * Math.cos((((from.latitude + to.latitude) / 2) * Math.PI) / 180);
  return Math.hypot(east, to.latitude - from.latitude) * 111.195;
}

function add<T extends { id: number }>(list: T[], facts: Omit<T, 'id'>): T {
  const item = { id: list.length + 1, ...facts } as T;
  list.push(item);
  return item;
}

function entry<T>(types: Record<string, T>, key: string): T {
  const type = types[key];
  if (type === undefined) throw new Error(`no type ${key}: the infrastructure was not checked`);
  return type;
}

function hasSensors(infrastructure: Infrastructure, type: HallType | AreaType): boolean {
  return (infrastructure.sensor_sets[type.sensors ?? '']?.length ?? 0) > 0;
}

/** Fills the placeholders of a name pattern; {n}, {nn}, {nnn} are the number with so many digits. */
function fill(pattern: string, number: number, words: Record<string, string>): string {
  return pattern.replaceAll(/\{([a-z]+)\}/g, (_, key: string) =>
    /^n+$/.test(key) ? String(number).padStart(key.length, '0') : (words[key] ?? ''),
  );
}

/** The members of a group: names by number, places evenly spread along its line of places. */
function spread(group: {
  name: string;
  first: number;
  count: number;
  along: readonly (readonly [number, number])[];
}): { name: string; latitude: number; longitude: number }[] {
  const last = group.along.length - 1;
  return Array.from({ length: group.count }, (_, index) => {
    const at = group.count > 1 ? (index / (group.count - 1)) * last : 0;
    const from = group.along[Math.floor(at)] ?? [0, 0];
    const to = group.along[Math.min(Math.floor(at) + 1, last)] ?? from;
    const part = at - Math.floor(at);
    return {
      name: fill(group.name, group.first + index, {}),
      latitude: sixDecimals(from[0] + (to[0] - from[0]) * part),
      longitude: sixDecimals(from[1] + (to[1] - from[1]) * part),
    };
  });
}

function sixDecimals(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function checkNames(farm: Farm): void {
  const most = lengthOf('infrastructure_container.name');
  for (const kind of ['stations', 'halls', 'areas', 'containers', 'feedContainers', 'sensors'] as const) {
    const seen = new Set<string>();
    for (const { name } of farm[kind]) {
      if (name.length > most) {
        throw new UserError(`infrastructure: name of more than ${most} characters: ${name}`, EXIT.usage);
      }
      if (seen.has(name)) {
        throw new UserError(`infrastructure: two ${kind} are called ${name}`, EXIT.usage);
      }
      seen.add(name);
    }
  }
}
