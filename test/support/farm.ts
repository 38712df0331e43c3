// A small farm in the flat form in which the planner hands the infrastructure over.

const sensorTypes = {
  Temperature: 'TEMPERATURE',
  'Dissolved Oxygen': 'OXYGEN',
  pH: 'PH',
  CO2: 'CO2',
  NO2: 'OTHER',
  Salinity: 'SALINITY',
} as const;

export function smallFarm() {
  const containers = [
    { hallId: 1, areaId: null, type: 'Incubation Trays', volumeM3: 1.5, maxBiomassKg: 100, production: true },
    {
      hallId: 2,
      areaId: null,
      type: 'Small Tanks - Fry',
      volumeM3: 40,
      maxBiomassKg: 1200,
      production: true,
    },
    {
      hallId: 3,
      areaId: null,
      type: 'Medium Tanks - Parr',
      volumeM3: 300,
      maxBiomassKg: 9000,
      production: false,
    },
    {
      hallId: null,
      areaId: 1,
      type: 'Sea Rings',
      volumeM3: 120_000,
      maxBiomassKg: 2250000,
      production: true,
    },
    { hallId: null, areaId: 2, type: 'Sea Rings', volumeM3: 50000, maxBiomassKg: 800000, production: true },
  ].map((container, index) => ({ id: index + 1, name: `Container ${index + 1}`, position: 1, ...container }));
  const sensors = containers.flatMap((container) =>
    Object.entries(sensorTypes).map(([parameter, type]) => ({
      name: `${container.name}-${parameter.replaceAll(' ', '')}`,
      containerId: container.id,
      parameter,
      type,
    })),
  );
  return {
    geographies: [
      { id: 1, name: 'Faroe Islands', code: 'FAR', prefix: 'FI', description: 'The "northern" farm' },
      { id: 2, name: 'Scotland', code: 'SCO', prefix: 'S', description: "O'Neill's farm; with a semicolon" },
      { id: 3, name: 'Test Geography', code: 'TES', prefix: 'T', description: '' },
    ],
    stations: [
      { id: 1, name: 'FI-FW-01', geographyId: 1, latitude: 62.1, longitude: -6.9, production: true },
      { id: 2, name: 'S-FW-01', geographyId: 2, latitude: 57.3, longitude: -5.6, production: true },
      { id: 3, name: 'Old Station', geographyId: 3, latitude: 60, longitude: -1, production: false },
    ],
    halls: [
      { id: 1, name: 'FI-FW-01-Hall-A', stationId: 1, letter: 'A', areaSqm: 400, production: true },
      { id: 2, name: 'S-FW-01-Hall-B', stationId: 2, letter: 'B', areaSqm: 600.5, production: true },
      { id: 3, name: 'Old Hall', stationId: 3, letter: null, areaSqm: null, production: false },
    ],
    areas: [
      {
        id: 1,
        name: 'FI-SEA-01',
        geographyId: 1,
        site: 'open',
        latitude: 62.2,
        longitude: -7.1,
        maxBiomassKg: 35_000_000,
        production: true,
      },
      {
        id: 2,
        name: 'S-SEA-01',
        geographyId: 2,
        site: 'loch',
        latitude: 57.5,
        longitude: -6.1,
        maxBiomassKg: 35_000_000,
        production: true,
      },
    ],
    containers,
    feedContainers: [
      { id: 1, name: 'FI-FW-01-A-Silo', hallId: 1, areaId: null, kind: 'SILO', capacityKg: 5000 },
      { id: 2, name: 'FI-SEA-01-Barge-1', hallId: null, areaId: 1, kind: 'BARGE', capacityKg: 50000 },
    ],
    sensors: sensors.map((sensor, index) => ({ id: index + 1, ...sensor })),
  };
}
