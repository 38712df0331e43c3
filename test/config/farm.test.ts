import { describe, expect, it } from 'vitest';
import { expandInfrastructure, loadConfiguration } from '../../src/config/index.ts';

const { farm, infrastructure, biology, climate } = loadConfiguration();

function inGeography(code: string) {
  const geography = farm.geographies.find((it) => it.code === code);
  const stations = farm.stations.filter((it) => it.geographyId === geography?.id);
  const halls = farm.halls.filter((hall) => stations.some((it) => it.id === hall.stationId));
  const areas = farm.areas.filter((it) => it.geographyId === geography?.id);
  const hallIds = new Set(halls.map((it) => it.id));
  const areaIds = new Set(areas.map((it) => it.id));
  const tanks = farm.containers.filter((it) => it.hallId !== null && hallIds.has(it.hallId));
  const rings = farm.containers.filter((it) => it.areaId !== null && areaIds.has(it.areaId));
  return { stations, halls, areas, tanks, rings };
}

function counts(code: string) {
  const { stations, halls, areas, tanks, rings } = inGeography(code);
  return [stations, halls, tanks, areas, rings].map((it) => it.length);
}

describe('the farm of config/infrastructure.yaml', () => {
  it('has the places of the specification', () => {
    expect(counts('FAR')).toEqual([14, 69, 656, 23, 460]);
    expect(counts('SCO')).toEqual([10, 50, 500, 20, 400]);
    expect(counts('TES')).toEqual([1, 1, 1, 0, 0]);
    expect(farm.stations).toHaveLength(25);
    expect(farm.halls).toHaveLength(120);
    expect(farm.areas).toHaveLength(43);
    expect(farm.containers).toHaveLength(2017);
    const { freshwater = [], sea = [] } = infrastructure.sensor_sets;
    expect(farm.sensors).toHaveLength(1100 * freshwater.length + 840 * sea.length);
    expect(farm.feedContainers.filter((it) => it.kind === 'SILO')).toHaveLength(110);
    expect(farm.feedContainers.filter((it) => it.kind === 'BARGE')).toHaveLength(129);
  });

  it('has 2 legacy stations with 9 halls and 56 containers, which no one plans or measures', () => {
    const { stations, halls, tanks } = inGeography('FAR');
    expect(stations.filter((it) => !it.production)).toHaveLength(2);
    const legacy = halls.filter((it) => !it.production);
    expect(legacy).toHaveLength(9);
    expect(legacy.every((it) => it.letter === '')).toBe(true);
    expect(tanks.filter((it) => !it.production)).toHaveLength(56);
    const measured = new Set(farm.sensors.map((it) => it.containerId));
    expect(farm.containers.every((it) => measured.has(it.id) === it.production)).toBe(true);
    expect(farm.areas.filter((it) => !it.production).map((it) => it.name)).toEqual(['FI-SEA-23']);
  });

  it.each([
    ['stations', 'FI-FW-01'],
    ['stations', 'FI-FW-12'],
    ['stations', 'S-FW-10'],
    ['halls', 'FI-FW-01-Hall-A'],
    ['halls', 'S-FW-10-Hall-E'],
    ['areas', 'FI-SEA-01'],
    ['areas', 'S-SEA-20'],
    ['containers', 'FI-FW-01-A-C01'],
    ['containers', 'FI-SEA-01-Ring-01'],
    ['containers', 'S-SEA-20-Ring-20'],
    ['feedContainers', 'FI-FW-01-A-Silo'],
    ['feedContainers', 'FI-SEA-01-Barge-3'],
    ['sensors', 'FI-FW-01-A-C01-DissolvedOxygen'],
    ['sensors', 'FI-SEA-22-Ring-20-Salinity'],
  ] as const)('%s include %s', (kind, name) => {
    expect(farm[kind].map((it: { name: string }) => it.name)).toContain(name);
  });

  it('fits silos of 5, 10, 15, 20 and 30 tonnes to the halls A to E', () => {
    const hallIds = new Map(farm.halls.map((it) => [it.name, it.id]));
    const silo = (letter: string) =>
      farm.feedContainers.find((it) => it.hallId === hallIds.get(`S-FW-03-Hall-${letter}`))?.capacityKg;
    expect(['A', 'B', 'C', 'D', 'E'].map(silo)).toEqual([5000, 10_000, 15_000, 20_000, 30_000]);
  });

  it('numbers everything from 1 in the order of the file', () => {
    for (const list of [farm.geographies, farm.stations, farm.halls, farm.containers, farm.sensors]) {
      expect(list.every((it, index) => it.id === index + 1)).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(farm))).toEqual(farm);
  });

  it('puts every container in exactly one hall or area, with positions from 1', () => {
    const next = new Map<string, number>();
    for (const it of farm.containers) {
      expect((it.hallId === null) !== (it.areaId === null)).toBe(true);
      const home = `${it.hallId}/${it.areaId}`;
      expect(it.position).toBe((next.get(home) ?? 0) + 1);
      next.set(home, it.position);
    }
  });

  it('alternates open sites and lochs in Scotland', () => {
    const { areas } = inGeography('SCO');
    expect(areas.slice(0, 4).map((it) => it.site)).toEqual(['open', 'loch', 'open', 'loch']);
    for (const area of farm.areas) {
      const name = farm.geographies[area.geographyId - 1]?.name ?? '';
      expect(climate.sea.geographies[name]?.sites).toHaveProperty(area.site);
    }
  });

  it('has its areas of production in clusters of three to five less than 10 km apart, and no others near', () => {
    type Area = (typeof farm.areas)[number];
    const km = (a: Area, b: Area) =>
      111.195 *
      Math.hypot(
        b.latitude - a.latitude,
        (b.longitude - a.longitude) * Math.cos((((a.latitude + b.latitude) / 2) * Math.PI) / 180),
      );
    const areas = farm.areas.filter((it) => it.production);
    for (const name of new Set(areas.map((it) => it.cluster))) {
      const sites = areas.filter((it) => it.cluster === name);
      expect(sites[0]?.name).toBe(name);
      expect(sites.length, name).toBeGreaterThanOrEqual(3);
      expect(sites.length, name).toBeLessThanOrEqual(5);
    }
    for (const a of areas) {
      for (const b of areas) expect(km(a, b) < 10, `${a.name}, ${b.name}`).toBe(a.cluster === b.cluster);
    }
  });

  it('lies where the geographies are', () => {
    const within = (code: string, south: number, north: number, west: number, east: number) =>
      [...inGeography(code).stations, ...inGeography(code).areas].every(
        (it) => it.latitude >= south && it.latitude <= north && it.longitude >= west && it.longitude <= east,
      );
    expect(within('FAR', 61.3, 62.5, -7.8, -6.1)).toBe(true);
    expect(within('SCO', 56, 61, -7.8, -0.7)).toBe(true);
  });

  it('holds the stock of a full hall at the end of its stage', () => {
    // Largest batch, plan weights of the stage ends in grams; densities in kg per m3.
    const ends: Record<string, [number, number, number]> = {
      B: [6.6, 15, 25],
      C: [61, 30, 45],
      D: [182, 40, 60],
      E: [504, 50, 75],
    };
    for (const [letter, [grams, low, high]] of Object.entries(ends)) {
      const hall = farm.halls.find((it) => it.letter === letter);
      const tank = farm.containers.find((it) => it.hallId === hall?.id);
      const volume = tank?.volumeM3 ?? 0;
      expect((300_000 * grams) / 1000 / volume).toBeGreaterThanOrEqual(low);
      expect((300_000 * grams) / 1000 / volume).toBeLessThanOrEqual(high);
      expect((335_000 * grams) / 1000).toBeLessThan(tank?.maxBiomassKg ?? 0);
    }
  });

  it('refuses names that are not unique', () => {
    const twice = structuredClone(infrastructure);
    for (const geography of twice.geographies) {
      for (const group of geography.areas) group.name = 'same';
    }
    expect(() => expandInfrastructure(twice)).toThrow(/two areas are called same/);
  });

  it('has a hall of its letter for every freshwater stage', () => {
    for (const stage of biology.stages) {
      if (stage.habitat !== 'freshwater') continue;
      expect(farm.halls.filter((it) => it.production && it.letter === stage.hall)).toHaveLength(22);
    }
  });
});
