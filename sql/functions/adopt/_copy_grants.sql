-- The rights on a relation of AquaMind and on its columns, given on the one that takes its place. Rights that the new
-- one has by default privileges and the old one has not are taken away.
create or replace function aquaseed._copy_grants(p_from regclass, p_to regclass)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_right record;
  v_what text := case when exists (select from pg_class c where c.oid = p_to and c.relkind = 'S')
                      then 'sequence' else 'table' end;
begin
  for v_right in
    select a.privilege_type, a.grantee
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = p_to and a.grantee <> c.relowner
  loop
    execute format('revoke %s on %s %s from %s', v_right.privilege_type, v_what, p_to,
                   case v_right.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(v_right.grantee)) end);
  end loop;
  for v_right in
    select a.privilege_type, a.grantee, a.is_grantable, null::name as column_name
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = p_from
    union all
    select a.privilege_type, a.grantee, a.is_grantable, t.attname
    from pg_attribute t cross join lateral aclexplode(t.attacl) a
    where t.attrelid = p_from and t.attnum > 0 and not t.attisdropped
  loop
    execute format('grant %s%s on %s %s to %s%s', v_right.privilege_type,
                   ' (' || quote_ident(v_right.column_name) || ')', v_what, p_to,
                   case v_right.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(v_right.grantee)) end,
                   case when v_right.is_grantable then ' with grant option' end);
  end loop;
end
$$;

comment on function aquaseed._copy_grants(regclass, regclass) is 'Give the rights on one table or sequence on another.';
