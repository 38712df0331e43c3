import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ZodTypeAny, z } from 'zod';
import { EXIT, UserError } from '../errors.ts';
import { type Finding, findingsOf, type Path, parseYaml, refusal, type YamlSource } from './yaml.ts';

/**
 * Profiles: overlays of the configuration in profiles/<name>.yaml. The keys at the top are the names of the
 * files, without extension. Maps are merged by key; a list of things with a `key` or an `id` (stages, checks)
 * is merged too, by a map from it to what changes; anything else is replaced.
 */

type Mapping = Record<string, unknown>;

/** The configuration files that a profile may change. */
const FILES = [
  'infrastructure',
  'biology',
  'climate',
  'health',
  'incidents',
  'master-data',
  'work',
  'checks',
  'aquamind',
] as const;
type FileName = (typeof FILES)[number];

/** Reads the files of a configuration directory under profiles, later ones over earlier ones. */
export class LayeredFiles {
  readonly #dir: string;
  readonly #profiles: readonly YamlSource[];

  /** @throws UserError (exit 2) for a profile that there is not, or that is no overlay */
  constructor(dir: string, profiles: readonly string[]) {
    this.#dir = dir;
    this.#profiles = profiles.map((name) => readProfile(dir, name, profiles));
  }

  /** @throws UserError (exit 2) with file, line and key of every problem, in the file that it comes from */
  read<S extends ZodTypeAny>(name: FileName, schema: S): z.output<S> {
    const base = parseYaml(path.join(this.#dir, `${name}.yaml`));
    let merged = base.contents;
    for (const profile of this.#profiles) {
      const overlay = (profile.contents as Mapping)[name];
      if (overlay === undefined) continue;
      merged = merge(merged, overlay, [name], (path, message) => {
        throw refusal(profile, [{ path, message }]);
      });
    }
    const result = schema.safeParse(merged);
    if (result.success) return result.data;
    throw this.#refuse(name, base, merged, result.error.issues.flatMap(findingsOf));
  }

  /** The problems of the first file, the last profile first, that has any. */
  #refuse(name: FileName, base: YamlSource, merged: unknown, findings: readonly Finding[]): UserError {
    const owned = findings.map((finding) => {
      for (const profile of [...this.#profiles].reverse()) {
        const place = placeIn((profile.contents as Mapping)[name], merged, finding.path);
        if (place !== undefined) return { source: profile, finding: { ...finding, path: [name, ...place] } };
      }
      return { source: base, finding };
    });
    const source = [...this.#profiles].reverse().find((it) => owned.some((one) => one.source === it)) ?? base;
    return refusal(
      source,
      owned.filter((it) => it.source === source).map((it) => it.finding),
    );
  }
}

/** The profiles of a configuration directory, by name. */
function listProfiles(dir: string): string[] {
  try {
    const files = readdirSync(path.join(dir, 'profiles')).filter((it) => it.endsWith('.yaml'));
    return files.map((it) => it.slice(0, -'.yaml'.length)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readProfile(dir: string, name: string, all: readonly string[]): YamlSource {
  const known = listProfiles(dir);
  if (!known.includes(name)) {
    throw new UserError(
      `there is no profile "${name}" in ${path.join(dir, 'profiles')}`,
      EXIT.usage,
      known.length > 0 ? `Profiles: ${known.join(', ')}` : undefined,
    );
  }
  if (all.indexOf(name) !== all.lastIndexOf(name)) {
    throw new UserError(`profile ${name} is given twice`, EXIT.usage);
  }
  const source = parseYaml(path.join(dir, 'profiles', `${name}.yaml`));
  // A file with nothing but remarks changes nothing.
  const contents = source.contents ?? {};
  if (!isMapping(contents)) {
    throw refusal(source, [{ path: [], message: 'a profile is a map from files to what changes in them' }]);
  }
  const findings = Object.entries(contents).flatMap(([key, value]): Finding[] => {
    if (!(FILES as readonly string[]).includes(key)) {
      return [{ path: [key], message: `unknown key; the configuration has ${FILES.join(', ')}` }];
    }
    return isMapping(value) ? [] : [{ path: [key], message: 'must be a map of what changes in the file' }];
  });
  if (findings.length > 0) throw refusal(source, findings);
  return { ...source, contents };
}

type Refuse = (path: Path, message: string) => never;

function merge(base: unknown, overlay: unknown, path: Path, refuse: Refuse): unknown {
  if (!isMapping(overlay)) return overlay;
  if (isMapping(base)) {
    const merged: Mapping = { ...base };
    for (const [key, value] of Object.entries(overlay)) {
      merged[key] = Object.hasOwn(base, key) ? merge(base[key], value, [...path, key], refuse) : value;
    }
    return merged;
  }
  if (!Array.isArray(base) || !base.every((it) => identityOf(it) !== undefined)) return overlay;
  const known = base.map(identityOf);
  for (const key of Object.keys(overlay)) {
    if (!known.includes(key)) refuse([...path, key], `unknown key; there are ${known.join(', ')}`);
  }
  return base.map((item, index) => {
    const key = known[index] ?? '';
    return Object.hasOwn(overlay, key) ? merge(item, overlay[key], [...path, key], refuse) : item;
  });
}

/** Where an overlay says what stands at a path of the merged file; undefined when it does not say. */
function placeIn(overlay: unknown, merged: unknown, path: Path): Path | undefined {
  const place: (string | number)[] = [];
  let [here, whole] = [overlay, merged];
  for (const step of path) {
    // A list that replaces another is the overlay's with all that is missing in it.
    if (Array.isArray(here)) return [...place, ...path.slice(place.length)];
    const key = Array.isArray(whole) ? identityOf(whole[Number(step)]) : String(step);
    if (!isMapping(here) || key === undefined || !Object.hasOwn(here, key)) return undefined;
    place.push(key);
    here = here[key];
    whole = Array.isArray(whole) ? whole[Number(step)] : isMapping(whole) ? whole[String(step)] : undefined;
  }
  return here === undefined ? undefined : place;
}

function identityOf(item: unknown): string | undefined {
  if (!isMapping(item)) return undefined;
  const identity = item.key ?? item.id;
  return typeof identity === 'string' ? identity : undefined;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
