import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Biology, biologySchema } from './biology.ts';
import { type Checks, checksSchema } from './checks.ts';
import { type Climate, climateSchema } from './climate.ts';
import { contentDigest } from './digest.ts';
import { expandInfrastructure, type Farm } from './farm.ts';
import { type Health, healthSchema } from './health.ts';
import { type Incidents, incidentsSchema } from './incidents.ts';
import { type Infrastructure, infrastructureSchema } from './infrastructure.ts';
import { type MasterData, masterDataSchema } from './master-data.ts';
import { readYaml } from './yaml.ts';

export type { Biology, FreshwaterStage, SeaStage, Stage } from './biology.ts';
export type { Climate } from './climate.ts';
export { canonicalJson, contentDigest } from './digest.ts';
export { expandInfrastructure, type Farm } from './farm.ts';
export type { Infrastructure } from './infrastructure.ts';
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
  /** What verify accepts; decides no row. */
  checks: Checks;
  /** Of the contents of all files that decide rows, whatever their formatting. */
  digest: string;
}

/**
 * Reads and checks the configuration, each file on its own and against the others.
 * @throws UserError (exit 2) with file, line and key of every problem of the first bad file
 */
export function loadConfiguration(dir: string = CONFIG_DIR): Configuration {
  const infrastructure = readYaml(path.join(dir, 'infrastructure.yaml'), infrastructureSchema);
  const biology = readYaml(path.join(dir, 'biology.yaml'), biologySchema(infrastructure));
  const climate = readYaml(path.join(dir, 'climate.yaml'), climateSchema(infrastructure, biology));
  const masterData = readYaml(path.join(dir, 'master-data.yaml'), masterDataSchema);
  const health = readYaml(path.join(dir, 'health.yaml'), healthSchema(biology, masterData));
  const incidents = readYaml(path.join(dir, 'incidents.yaml'), incidentsSchema(infrastructure));
  return {
    infrastructure,
    farm: expandInfrastructure(infrastructure),
    biology,
    climate,
    health,
    incidents,
    masterData,
    checks: readYaml(path.join(dir, 'checks.yaml'), checksSchema),
    digest: contentDigest({ infrastructure, biology, climate, health, incidents, masterData }),
  };
}
