import { isDeepStrictEqual } from 'node:util';
import type { Farm } from '../../config/index.ts';

interface Table {
  columns: string[];
  rows: unknown[][];
}

/** Sensors as sets: which set each container has, in the order of the sensors. */
interface SensorSets {
  sets: { name: string; parameter: string; type: string }[][];
  containers: [container: number, set: number][];
}

/**
 * The places without the repetition: lists as columns and rows, sensors as sets. A tenth of the size;
 * aquaseed._unpack_farm makes the same list of it again.
 */
export function packFarm(farm: Farm): Record<string, unknown> {
  const { allocation, sensors, ...lists } = farm;
  const packed = Object.fromEntries(Object.entries(lists).map(([key, rows]) => [key, tableOf(rows)]));
  const sets = sensorSets(farm);
  // Sensors that do not follow from their containers are listed one by one.
  const isExact = isDeepStrictEqual(unpackSensors(sets, farm), sensors);
  return { allocation, ...packed, sensors: isExact ? sets : tableOf(sensors) };
}

function tableOf(rows: readonly object[]): Table {
  const columns = Object.keys(rows[0] ?? {});
  return {
    columns,
    rows: rows.map((row) => columns.map((it) => (row as Record<string, unknown>)[it] ?? null)),
  };
}

function sensorSets({ sensors, containers }: Farm): SensorSets {
  const names = new Map(containers.map((it) => [it.id, it.name]));
  const byContainer = new Map<number, SensorSets['sets'][number]>();
  for (const { containerId, name, parameter, type } of sensors) {
    const list = byContainer.get(containerId) ?? [];
    list.push({ name: name.replaceAll(names.get(containerId) ?? '', '{container}'), parameter, type });
    byContainer.set(containerId, list);
  }
  const sets = new Map<string, number>();
  const placed = [...byContainer].map(([container, set]): [number, number] => {
    const key = JSON.stringify(set);
    if (!sets.has(key)) sets.set(key, sets.size);
    return [container, sets.get(key) ?? 0];
  });
  return { sets: [...sets.keys()].map((it) => JSON.parse(it)), containers: placed };
}

function unpackSensors({ sets, containers }: SensorSets, farm: Farm): Farm['sensors'] {
  const names = new Map(farm.containers.map((it) => [it.id, it.name]));
  return containers
    .flatMap(([containerId, set]) => (sets[set] ?? []).map((traits) => ({ containerId, ...traits })))
    .map(({ containerId, name, parameter, type }, index) => ({
      id: index + 1,
      name: name.replaceAll('{container}', names.get(containerId) ?? ''),
      containerId,
      parameter,
      type,
    }));
}
