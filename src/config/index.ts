import { fileURLToPath } from 'node:url';
import { type Aquamind, aquamindSchema } from './aquamind.ts';
import { type Biology, biologySchema } from './biology.ts';
import { type Checks, checksSchema } from './checks.ts';
import { type Climate, climateSchema } from './climate.ts';
import { contentDigest } from './digest.ts';
import { expandInfrastructure, type Farm } from './farm.ts';
import { type Health, healthSchema } from './health.ts';
import { type Incidents, incidentsSchema } from './incidents.ts';
import { type Infrastructure, infrastructureSchema } from './infrastructure.ts';
import { type MasterData, masterDataSchema } from './master-data.ts';
import { LayeredFiles } from './profiles.ts';
import { type Work, workSchema } from './work.ts';

export type { Biology, FreshwaterStage, SeaStage, Stage } from './biology.ts';
export type { Climate } from './climate.ts';
export { canonicalJson, contentDigest } from './digest.ts';
export { expandInfrastructure, type Farm } from './farm.ts';
export type { Health } from './health.ts';
export type { Incidents } from './incidents.ts';
export type { Infrastructure } from './infrastructure.ts';
export { type Work, WorkCalendar } from './work.ts';
export { readYaml } from './yaml.ts';

/** The configuration directory of this package. */
export const CONFIG_DIR = fileURLToPath(new URL('../../config/', import.meta.url));

export interface Configuration {
  infrastructure: Infrastructure;
  /** The infrastructure, expanded to single places. */
  farm: Farm;
  biology: Biology;
  climate: Climate;
  health: Health;
  incidents: Incidents;
  masterData: MasterData;
  /** People and their week. */
  work: Work;
  /** About AquaMind's own database; decides no row of ours. */
  aquamind: Aquamind;
  /** What verify accepts; decides no row. */
  checks: Checks;
  /** Names of the profiles that are merged in. */
  profiles: string[];
  /** Of the contents of all files that decide rows, whatever their formatting. */
  digest: string;
}

/**
 * Reads and checks the configuration, each file on its own and against the others.
 * @param profiles overlays to apply, later ones over earlier ones (profiles.ts)
 * @throws UserError (exit 2) with file, line and key of every problem of the first bad file
 */
export function loadConfiguration(dir: string = CONFIG_DIR, profiles: readonly string[] = []): Configuration {
  return readConfiguration(new LayeredFiles(dir, profiles), profiles);
}

/** The same from whatever holds the files. */
export function readConfiguration(
  files: Pick<LayeredFiles, 'read'>,
  profiles: readonly string[] = [],
): Configuration {
  const infrastructure = files.read('infrastructure', infrastructureSchema);
  const biology = files.read('biology', biologySchema(infrastructure));
  const climate = files.read('climate', climateSchema(infrastructure, biology));
  const masterData = files.read('master-data', masterDataSchema(infrastructure, biology, climate));
  const health = files.read('health', healthSchema(biology, masterData));
  const incidents = files.read('incidents', incidentsSchema(infrastructure));
  const work = files.read('work', workSchema(infrastructure));
  return {
    infrastructure,
    farm: expandInfrastructure(infrastructure),
    biology,
    climate,
    health,
    incidents,
    masterData,
    work,
    aquamind: files.read('aquamind', aquamindSchema),
    checks: files.read('checks', checksSchema),
    profiles: [...profiles],
    digest: contentDigest({ infrastructure, biology, climate, health, incidents, masterData, work }),
  };
}
