import { pbkdf2Sync } from 'node:crypto';
import { type Configuration, type Farm, loadConfiguration } from '../../src/config/index.ts';
import { type AquamindCommit, aquamindFacts, COMMITS } from './aquamind-facts.ts';

/** A row by the names of its columns. NOT NULL columns that it does not name get a plain value. */
export type AquamindRow = Record<string, string | number | boolean | null>;

/** Rows of a table; tables before those that refer to them. */
export type AquamindRows = [table: string, rows: AquamindRow[]][];

/** What both users of the database log in with. */
export const AQUAMIND_PASSWORD = 'salmon-and-rain';

/** Django's form of a password. It takes any number of rounds, so these are few. */
function djangoPassword(salt: string): string {
  const rounds = 1000;
  const hash = pbkdf2Sync(AQUAMIND_PASSWORD, salt, rounds, 32, 'sha256').toString('base64');
  return `pbkdf2_sha256$${rounds}$${salt}$${hash}`;
}

/** The rows that `manage.py migrate` leaves, and two users: the superuser `boss` and the ordinary `clerk`. */
export function rowsAfterMigrate(commit: AquamindCommit): AquamindRows {
  const { rows } = aquamindFacts(commit);
  const of = (table: string) => rows.filter((row) => row.table === table);
  const contentTypes = contentTypesOf(commit);
  return [
    ['django_migrations', migrationsOf(commit)],
    ['django_content_type', contentTypes],
    ['auth_permission', permissionsOf(contentTypes)],
    ...users(),
    [
      'health_healthparameter',
      of('health_healthparameter').map(({ id, key: [name = ''] }) => ({
        ...{ id, name, description: `${name}, scored 0 to 3.`, min_score: 0, max_score: 3 },
      })),
    ],
    [
      'health_licetype',
      of('health_licetype').map(({ id, key: [species = '', gender = '', development_stage = ''] }) => {
        const description = `${species}, ${gender}, ${development_stage} (of AquaMind's migrations)`;
        return { id, species, gender, development_stage, description };
      }),
    ],
    [
      'health_mortalityreason',
      of('health_mortalityreason').map(({ id, key: [name = ''] }) => ({
        ...{ id, name, description: 'Reason is not known.' },
      })),
    ],
  ];
}

function users(): AquamindRows {
  const user = { last_name: 'Local', is_active: true };
  const profile = { language_preference: 'en', date_format_preference: 'DMY', phone: null };
  return [
    [
      'auth_user',
      [
        {
          ...{ id: 1, username: 'boss', first_name: 'Bo', email: 'boss@farm.example', ...user },
          ...{ password: djangoPassword('saltofboss'), is_staff: true, is_superuser: true },
        },
        {
          ...{ id: 2, username: 'clerk', first_name: 'Clara', email: 'clerk@farm.example', ...user },
          ...{ password: djangoPassword('saltofclerk'), is_staff: false, is_superuser: false },
        },
      ],
    ],
    [
      'users_userprofile',
      [
        {
          ...{ id: 1, user_id: 1, full_name: 'Bo Local', job_title: 'Head of the farm', ...profile },
          ...{ geography: 'ALL', subsidiary: 'ALL', role: 'ADMIN' },
        },
        {
          ...{ id: 2, user_id: 2, full_name: 'Clara Local', job_title: 'Clerk', ...profile },
          ...{ geography: 'FO', subsidiary: 'FW', role: 'OPR' },
        },
      ],
    ],
  ];
}

/** Tables without a model of their own: links between two others, and the list of migrations. */
const WITHOUT_MODEL = new Set([
  'auth_group_permissions',
  'auth_user_groups',
  'auth_user_user_permissions',
  'django_migrations',
  'users_userprofile_allowed_areas',
  'users_userprofile_allowed_containers',
  'users_userprofile_allowed_stations',
]);

const OTHER_NAMES = new Map([
  ['django_admin_log', ['admin', 'logentry']],
  ['django_content_type', ['contenttypes', 'contenttype']],
  ['django_session', ['sessions', 'session']],
  ['scenario', ['scenario', 'scenario']],
]);

const LONG_APPS = ['finance_core', 'migration_support'];

/** A content type of each model, the known ones under their ids and the others, named as their tables, between. */
function contentTypesOf(commit: AquamindCommit): AquamindRow[] {
  const facts = aquamindFacts(commit);
  const known = facts.rows
    .filter((row) => row.table === 'django_content_type')
    .map(({ id, key: [app_label = '', model = ''] }) => ({ id, app_label, model }));
  const isKnown = (app: string, model: string) =>
    known.some((it) => it.app_label === app && it.model === model);
  const others = tablesOf(commit)
    .filter((table) => !WITHOUT_MODEL.has(table))
    .map((table) => OTHER_NAMES.get(table) ?? splitTable(table))
    .concat([['authtoken', 'tokenproxy']])
    .filter(([app = '', model = '']) => !isKnown(app, model));
  const taken = new Set(known.map((it) => it.id));
  let id = 0;
  const made = others.map(([app_label = '', model = '']) => {
    do id++;
    while (taken.has(id));
    return { id, app_label, model };
  });
  return [...known, ...made].sort((a, b) => a.id - b.id);
}

function tablesOf(commit: AquamindCommit): string[] {
  const { columns } = aquamindFacts(commit);
  return [...new Set(columns.filter((it) => it.kind === 'table').map((it) => it.table))];
}

function splitTable(table: string): string[] {
  const app = LONG_APPS.find((it) => table.startsWith(`${it}_`)) ?? table.slice(0, table.indexOf('_'));
  return [app, table.slice(app.length + 1).replaceAll('_', '')];
}

/** Django makes four of each model; AquaMind has one of its own besides. */
function permissionsOf(contentTypes: AquamindRow[]): AquamindRow[] {
  const made = contentTypes.flatMap(({ id, model }) =>
    ['add', 'change', 'delete', 'view'].map((verb) => ({
      ...{ name: `Can ${verb} ${model}`, content_type_id: id ?? 0, codename: `${verb}_${model}` },
    })),
  );
  const harvest = contentTypes.find((it) => it.app_label === 'harvest' && it.model === 'harvestevent');
  const own = {
    name: 'Can approve a harvest',
    content_type_id: harvest?.id ?? 0,
    codename: 'approve_harvest',
  };
  return [...made, own].map((row, index) => ({ id: index + 1, ...row }));
}

/** So many migrations, numbered within their apps. Only their number is known. */
function migrationsOf(commit: AquamindCommit): AquamindRow[] {
  const apps = [...new Set(contentTypesOf(commit).map((it) => String(it.app_label)))].sort();
  return Array.from({ length: aquamindFacts(commit).counts.migrations }, (_, index) => {
    const number = Math.floor(index / apps.length) + 1;
    const name = number === 1 ? 'initial' : `change_${number}`;
    const app = apps[index % apps.length] ?? '';
    return { id: index + 1, app, name: `${String(number).padStart(4, '0')}_${name}` };
  });
}

// What AquaMind's bootstrap makes -------------------------------------------------------------------

let loaded: Configuration | undefined;

function configuration(): Configuration {
  loaded ??= loadConfiguration();
  return loaded;
}

/** Volumes of AquaMind's own types; ours are larger. */
const THEIR_LARGEST_M3 = new Map([
  ['Large Tanks - Smolt', 1000],
  ['Pre-Transfer Tanks - Post-Smolt', 2000],
  ['Sea Rings', 50_000],
]);

/** Our farm as the bootstrap has it: the places that are in use. */
function theirFarm(): Pick<Farm, (typeof PLACES)[number]> {
  const { farm } = configuration();
  const stations = farm.stations.filter((it) => it.production);
  const halls = farm.halls.filter((it) => it.production);
  const areas = farm.areas.filter((it) => it.production);
  const used = new Set([...stations, ...areas].map((it) => it.geographyId));
  const [inHall, inArea] = [new Set(halls.map((it) => it.id)), new Set(areas.map((it) => it.id))];
  const isUsed = (it: { hallId: number | null; areaId: number | null }) =>
    inHall.has(it.hallId ?? 0) || inArea.has(it.areaId ?? 0);
  return {
    geographies: farm.geographies.filter((it) => used.has(it.id)),
    ...{ stations, halls, areas },
    containers: farm.containers.filter(isUsed),
    feedContainers: farm.feedContainers.filter(isUsed),
    sensors: farm.sensors,
  };
}

const PLACES = [
  'geographies',
  'stations',
  'halls',
  'areas',
  'containers',
  'feedContainers',
  'sensors',
] as const;

/** Our id of a place to theirs. */
type Ids = (ours: number | null) => number;

/**
 * Other ids than ours, in another order and with gaps, from the same range: most are the id of something else of
 * ours. The same at every call.
 */
function otherIds(ours: number[], seed: number): Ids {
  const ids: number[] = [];
  for (let id = 1; ids.length < ours.length; id++) if (id % 13 !== 0) ids.push(id);
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const swap = (a: number, b: number): void => {
    [ids[a], ids[b]] = [ids[b] ?? 0, ids[a] ?? 0];
  };
  for (let i = ids.length - 1; i > 0; i--) swap(i, below(i + 1));
  // Where chance gave back the same id: with a neighbour, which cannot have that one.
  for (const [index, id] of ours.entries()) {
    if (ids[index] === id) swap(index, index === 0 ? ids.length - 1 : index - 1);
  }
  const map = new Map(ours.map((id, index) => [id, ids[index] ?? 0]));
  return (id) => {
    const found = map.get(id ?? 0);
    if (found === undefined) throw new Error(`no place ${id} in the bootstrap`);
    return found;
  };
}

const byId = (rows: AquamindRow[], key = 'id'): AquamindRow[] =>
  rows.sort((a, b) => Number(a[key]) - Number(b[key]));

/** What AquaMind's bootstrap adds: our places under other ids, and master data; no batch. */
export function bootstrapRows(): AquamindRows {
  const farm = theirFarm();
  const ids = Object.fromEntries(
    PLACES.map((list, index) => [
      list,
      otherIds(
        farm[list].map((it) => it.id),
        2026 + index,
      ),
    ]),
  ) as Record<(typeof PLACES)[number], Ids>;
  return [
    ...masterRows(),
    ...placeRows(farm, ids),
    ...companyRows(farm, ids),
    ...temperatureRows(farm.geographies),
  ];
}

function placeRows(
  farm: ReturnType<typeof theirFarm>,
  ids: Record<(typeof PLACES)[number], Ids>,
): AquamindRows {
  const { masterData } = configuration();
  const typeIds = new Map(masterData.container_types.map((it, index) => [it.name, index + 1]));
  const at = (it: { hallId: number | null; areaId: number | null }) => ({
    hall_id: it.hallId === null ? null : ids.halls(it.hallId),
    area_id: it.areaId === null ? null : ids.areas(it.areaId),
  });
  return [
    [
      'infrastructure_geography',
      byId(
        farm.geographies.map(({ id, name }) => ({
          ...{ id: ids.geographies(id), name, description: `${name} operations` },
        })),
      ),
    ],
    [
      'infrastructure_freshwaterstation',
      byId(
        farm.stations.map(({ id, name, geographyId }) => ({
          ...{ id: ids.stations(id), name, station_type: 'FRESHWATER', latitude: 62, longitude: -6.8 },
          ...{ description: `Station ${name}`, active: true, geography_id: ids.geographies(geographyId) },
        })),
      ),
    ],
    [
      'infrastructure_area',
      byId(
        farm.areas.map(({ id, name, geographyId }) => ({
          ...{ id: ids.areas(id), name, latitude: 61.5, longitude: -6.5, max_biomass: 10_000_000 },
          ...{ active: true, geography_id: ids.geographies(geographyId) },
        })),
      ),
    ],
    [
      'infrastructure_hall',
      byId(
        farm.halls.map(({ id, name, stationId }) => ({
          ...{ id: ids.halls(id), name, description: `Hall ${name}`, area_sqm: null, active: true },
          freshwater_station_id: ids.stations(stationId),
        })),
      ),
    ],
    [
      'infrastructure_containertype',
      masterData.container_types.map(({ name, category, max_volume_m3 }, index) => ({
        ...{ id: index + 1, name, category, description: name },
        max_volume_m3: THEIR_LARGEST_M3.get(name) ?? max_volume_m3,
      })),
    ],
    [
      'infrastructure_container',
      byId(
        farm.containers.map((it) => ({
          ...{
            id: ids.containers(it.id),
            name: it.name,
            container_type_id: typeIds.get(it.type) ?? 0,
            ...at(it),
          },
          ...{ volume_m3: Math.round(it.volumeM3 * 0.8), max_biomass_kg: Math.round(it.maxBiomassKg * 0.4) },
          ...{ active: true, feed_recommendations_enabled: true },
        })),
      ),
    ],
    [
      'infrastructure_feedcontainer',
      byId(
        farm.feedContainers.map((it) => ({
          ...{ id: ids.feedContainers(it.id), name: it.name, container_type: it.kind, ...at(it) },
          ...{ capacity_kg: Math.round(it.capacityKg * 1.5), active: true },
        })),
      ),
    ],
    [
      'infrastructure_sensor',
      byId(
        farm.sensors.map((it) => ({
          ...{ id: ids.sensors(it.id), name: it.name, sensor_type: it.type, manufacturer: 'AquaSense' },
          ...{ serial_number: `S-${ids.sensors(it.id)}`, container_id: ids.containers(it.containerId) },
          ...{ installation_date: '2024-02-01', active: true },
        })),
      ),
    ],
  ];
}

function masterRows(): AquamindRows {
  const { masterData, biology } = configuration();
  const stageIds = new Map(masterData.lifecycle_stages.map((it, index) => [it.key, index + 1]));
  const migrated = aquamindFacts(COMMITS[0]).rows.filter((it) => it.table === 'health_healthparameter');
  const idOf = new Map(migrated.map(({ key: [name = ''], id }) => [name, id]));
  // Of our names some are there since migrate; the bootstrap adds the others.
  const added = masterData.health_parameters.filter((it) => !idOf.has(it.name));
  for (const [index, { name }] of added.entries()) idOf.set(name, migrated.length + index + 1);
  return [
    [
      'batch_species',
      masterData.species.map(({ name, scientific_name }, index) => ({
        ...{ id: index + 1, name, scientific_name, description: `${name} of the bootstrap` },
      })),
    ],
    [
      'batch_lifecyclestage',
      masterData.lifecycle_stages.map(({ key, expected_weight_min_g, expected_weight_max_g }, index) => {
        const stage = biology.stages.find((it) => it.key === key);
        return {
          ...{ id: index + 1, name: stage?.name ?? key, order: stage?.order ?? 0, species_id: 1 },
          ...{ description: `Stage ${key}`, expected_weight_min_g, expected_weight_max_g },
          typical_duration_days: stage?.days ?? null,
        };
      }),
    ],
    [
      'planning_activitytemplate',
      masterData.activity_templates.map((it, index) => ({
        ...{ id: index + 1, name: it.name, description: it.name, activity_type: it.activity_type },
        ...{ trigger_type: 'DAY_OFFSET', day_offset: it.day_offset, is_active: true },
        weight_threshold_g: it.weight_threshold_g ?? null,
        target_lifecycle_stage_id: stageIds.get(it.target_stage ?? '') ?? null,
      })),
    ],
    [
      'health_healthparameter',
      added.map(({ name }) => ({
        ...{ id: idOf.get(name) ?? 0, name, description: `${name} (bootstrap)`, min_score: 0, max_score: 3 },
      })),
    ],
    [
      'health_parameterscoredefinition',
      masterData.health_parameters.flatMap(({ name }, index) =>
        masterData.health_score_labels.map((label, score_value) => ({
          // Not in our order.
          id: (masterData.health_parameters.length - 1 - index) * 4 + score_value + 1,
          ...{ score_value, label, description: `${name}: ${label}`, display_order: score_value },
          parameter_id: idOf.get(name) ?? 0,
        })),
      ),
    ],
    [
      'scenario_biological_constraints',
      [
        {
          ...{ id: 1, name: masterData.biological_constraints.name, is_active: true, created_by_id: 1 },
          description: 'Constraints of the bootstrap',
        },
      ],
    ],
  ];
}

/** Companies have other names than ours, but the same geography and subsidiary. */
function companyRows(
  { geographies, stations, areas }: ReturnType<typeof theirFarm>,
  ids: Record<(typeof PLACES)[number], Ids>,
): AquamindRows {
  const { companies, currency, sites } = configuration().masterData.finance;
  const made = [...companies].reverse().flatMap(({ subsidiary }) =>
    geographies.map(({ id, name }) => ({
      ...{ subsidiary, display_name: `${name} - ${subsidiary}`, geography_id: ids.geographies(id) },
      currency: currency.by_geography[name] ?? currency.default,
    })),
  );
  const companyRow = made.map((row, index) => ({ company_id: index + 1, ...row }));
  const companyOf = (geographyId: number, subsidiary: string): number =>
    companyRow.find((it) => it.geography_id === ids.geographies(geographyId) && it.subsidiary === subsidiary)
      ?.company_id ?? 0;
  const siteRows = [
    ...areas.map((it) => ({
      ...{ source_model: 'area', source_pk: ids.areas(it.id), site_name: it.name },
      company_id: companyOf(it.geographyId, sites.area),
    })),
    ...stations.map((it) => ({
      ...{ source_model: 'station', source_pk: ids.stations(it.id), site_name: it.name },
      company_id: companyOf(it.geographyId, sites.station),
    })),
  ];
  return [
    ['finance_dimcompany', companyRow],
    ['finance_dimsite', siteRows.map((row, index) => ({ site_id: index + 1, ...row }))],
  ];
}

function temperatureRows(geographies: Farm['geographies']): AquamindRows {
  const days = 450;
  return [
    [
      'scenario_temperatureprofile',
      geographies.map(({ name }, index) => ({ profile_id: index + 1, name: `${name} Sea Temperature` })),
    ],
    [
      'scenario_temperaturereading',
      geographies.flatMap((_, profile) =>
        Array.from({ length: days }, (_, day) => ({
          ...{ reading_id: profile * days + day + 1, profile_id: profile + 1, day_number: day + 1 },
          temperature: Math.round(100 * (9 + profile - 2 * Math.cos((2 * Math.PI * day) / 365))) / 100,
        })),
      ),
    ],
  ];
}

// Rows that are in the way ---------------------------------------------------------------------------

/** One batch of the application's own with an assignment and a death, and the place and stage that it needs. */
export function operationalRows(bootstrap: boolean): AquamindRows {
  const place = { description: 'An old place', active: true };
  const needed: AquamindRows = [
    ['batch_species', [{ id: 1, name: 'Old Salmon', scientific_name: 'Salmo vetus', description: '' }]],
    ['batch_lifecyclestage', [{ id: 1, name: 'Old Stage', order: 1, description: '', species_id: 1 }]],
    ['infrastructure_geography', [{ id: 1, name: 'Old Islands', description: '' }]],
    [
      'infrastructure_freshwaterstation',
      [{ id: 1, name: 'Old Station', station_type: 'FRESHWATER', geography_id: 1, ...place }],
    ],
    ['infrastructure_hall', [{ id: 1, name: 'Old Hall', freshwater_station_id: 1, ...place }]],
    [
      'infrastructure_containertype',
      [{ id: 1, name: 'Old Tanks', category: 'TANK', max_volume_m3: 50, description: '' }],
    ],
    [
      'infrastructure_container',
      [{ id: 1, name: 'Old Tank', volume_m3: 50, max_biomass_kg: 900, hall_id: 1, container_type_id: 1 }],
    ],
  ];
  const count = { population_count: 5000, biomass_kg: 250, avg_weight_g: 50 };
  return [
    ...(bootstrap ? [] : needed),
    [
      'batch_batch',
      [
        {
          ...{ id: 1, batch_number: 'OLD-2025-001', status: 'ACTIVE', start_date: '2025-06-01' },
          ...{ lifecycle_stage_id: 1, species_id: 1, batch_type: 'STANDARD', notes: 'Here before' },
        },
      ],
    ],
    [
      'batch_batchcontainerassignment',
      [
        {
          ...{ id: 1, batch_id: 1, container_id: 1, lifecycle_stage_id: 1, ...count },
          ...{ assignment_date: '2025-06-01', is_active: true },
        },
      ],
    ],
    [
      'batch_mortalityevent',
      [
        {
          ...{ id: 1, batch_id: 1, assignment_id: 1, event_date: '2025-06-02', count: 3, biomass_kg: 0.15 },
          ...{ cause: 'UNKNOWN', description: '' },
        },
      ],
    ],
  ];
}
