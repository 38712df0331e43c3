import type { Farm } from '../../config/index.ts';

type Hall = Farm['halls'][number];
export type Area = Farm['areas'][number];
export type Container = Farm['containers'][number];

/** A production hall with the containers that a stage takes in it. */
export interface HallPlaces {
  hall: Hall;
  station: string;
  containers: Container[];
}

/** A production area with all its rings, by position. */
export interface AreaPlaces {
  area: Area;
  rings: Container[];
}

/** The production places of one geography; halls by letter, in the order of station and hall name. */
export interface Places {
  halls: Map<string, HallPlaces[]>;
  areas: AreaPlaces[];
}

/** The production places of every geography, by its id. Halls too small for a stage are left out. */
export function productionPlaces(farm: Farm): Map<number, Places> {
  const perStage = farm.allocation.containersPerStage;
  const inHall = groupBy(farm.containers, (it) => it.hallId);
  const inArea = groupBy(farm.containers, (it) => it.areaId);
  const stations = new Map(farm.stations.map((it) => [it.id, it]));
  const places = new Map<number, Places>(
    farm.geographies.map((it) => [it.id, { halls: new Map(), areas: [] }]),
  );
  for (const hall of farm.halls) {
    const station = stations.get(hall.stationId);
    const containers = (inHall.get(hall.id) ?? []).filter((it) => it.production).sort(byPosition);
    if (!hall.production || station === undefined || containers.length < perStage) continue;
    const halls = places.get(station.geographyId)?.halls;
    const list = halls?.get(hall.letter) ?? [];
    list.push({ hall, station: station.name, containers: containers.slice(0, perStage) });
    halls?.set(hall.letter, list);
  }
  for (const area of farm.areas) {
    const rings = (inArea.get(area.id) ?? []).filter((it) => it.production).sort(byPosition);
    if (area.production && rings.length > 0) places.get(area.geographyId)?.areas.push({ area, rings });
  }
  for (const { halls, areas } of places.values()) {
    for (const list of halls.values()) {
      list.sort((a, b) => compare(a.station, b.station) || compare(a.hall.name, b.hall.name));
    }
    areas.sort((a, b) => compare(a.area.name, b.area.name));
  }
  return places;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number | null): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function byPosition(a: Container, b: Container): number {
  return a.position - b.position;
}

/** By code unit, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
