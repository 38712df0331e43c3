import { z } from 'zod';
import { schemaVersion } from './fields.ts';

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/, 'must be the name of a table or column in lower case');

/** config/aquamind.yaml: what the generator has to know about AquaMind's own database. */
export const aquamindSchema = z
  .object({
    schema_version: schemaVersion,
    /** Values of columns that the generator does not fill, by table and column. */
    columns: z.record(name, z.record(name, z.union([z.string(), z.number(), z.boolean()]))),
  })
  .strict();
export type Aquamind = z.output<typeof aquamindSchema>;
