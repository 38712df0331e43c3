import type { Profile } from './results.ts';
import type { BenchServer } from './server.ts';

/**
 * Seconds of the functions of a run that was made with track_functions = all. A function's tables are those that it
 * reports rows of. SQL functions whose text the planner puts into the calling query are not counted by PostgreSQL.
 */
export async function readProfile(server: BenchServer, emit: number): Promise<Profile> {
  return await server.connect('runs', async (client) => {
    const { rows: functions } = await client.query<Profile['functions'][number]>(`
      select f.funcname::text as name, f.calls::float8 as calls,
             round((f.total_time / 1000)::numeric, 3)::float8 as total,
             round((f.self_time / 1000)::numeric, 3)::float8 as self,
             array(
               select distinct k[1]
               from regexp_matches(p.prosrc, 'return jsonb_build_object\\((.*?)\\);', 'g') o,
                    regexp_matches(o[1], '''([a-z_]+)''', 'g') k
               where to_regclass('public.' || k[1]) is not null
               order by 1
             ) as tables
      from pg_catalog.pg_stat_user_functions f
      join pg_catalog.pg_proc p on p.oid = f.funcid
      where f.schemaname = 'aquaseed'
      order by f.self_time desc, f.funcname`);
    const { rows: untracked } = await client.query<{ name: string }>(`
      select p.proname::text as name
      from pg_catalog.pg_proc p
      where p.pronamespace = 'aquaseed'::regnamespace
        and p.prolang = (select l.oid from pg_catalog.pg_language l where l.lanname = 'sql')
        and not exists (select from pg_catalog.pg_stat_user_functions f where f.funcid = p.oid)
      order by p.proname`);
    return { emit, functions, untracked: [...new Set(untracked.map((it) => it.name))] };
  });
}
