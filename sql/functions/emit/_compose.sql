-- A note as people write it: clauses of the lists of its kind (health.words, p_words), one of each list, now and then
-- one left out. The habits of the site (p_habit) decide whether they are long or short, in which order, how they are
-- joined and whether words are abbreviated; p_key draws the clauses. Placeholders are filled from p_numbers, besides
-- them {looked} and {minutes}, which are drawn. p_first, a sentence, stands before them.
create or replace function aquaseed._compose(
  p_words jsonb, p_kind text, p_habit bigint, p_key bigint, p_numbers jsonb, p_first text default null
)
returns text language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slots jsonb := p_words #> array['clauses', p_kind];
  v_count integer := jsonb_array_length(v_slots);
  v_style text :=
    case when aquaseed.u(p_habit, 1) < (p_words ->> 'short')::double precision then 'short' else 'long' end;
  v_joint text := p_words -> 'joints'
    ->> floor(aquaseed.u(p_habit, 2) * jsonb_array_length(p_words -> 'joints'))::integer;
  v_turn integer := floor(aquaseed.u(p_habit, 3) * v_count)::integer;
  v_step integer := case when aquaseed.u(p_habit, 4) < 0.5 then 1 else v_count - 1 end;
  -- Half of the notes have them all.
  v_left_out integer := floor(2 * v_count * aquaseed.u(p_key, 1))::integer;
  v_list jsonb;
  v_clause text;
  v_text text;
  v_long text;
  v_short text;
  v_numbers jsonb := p_numbers || jsonb_build_object('looked', 3 + floor(28 * aquaseed.u(p_key, 98))::integer,
                                                      'minutes', 5 + floor(50 * aquaseed.u(p_key, 99))::integer);
begin
  for v_place in 0 .. v_count - 1 loop
    continue when v_place = v_left_out and v_count > 2;
    v_list := v_slots -> ((v_turn + v_step * v_place) % v_count) -> v_style;
    v_clause := v_list ->> floor(aquaseed.u(p_key, 2 + v_place) * jsonb_array_length(v_list))::integer;
    if v_text is null or v_joint like '.%' then
      v_clause := upper(left(v_clause, 1) collate "C") || substr(v_clause, 2);
    end if;
    v_text := coalesce(v_text || v_joint, '') || v_clause;
  end loop;
  v_text := coalesce(p_first || ' ', '') || v_text || case v_style when 'long' then '.' else '' end;
  for v_long, v_short in select n.key, n.value from jsonb_each_text(v_numbers) n loop
    -- What nobody knows is a dash.
    v_text := replace(v_text, '{' || v_long || '}', coalesce(v_short, '-'));
  end loop;
  if aquaseed.u(p_habit, 5) < (p_words ->> 'abbreviated')::double precision then
    for v_long, v_short in select a.key, a.value from jsonb_each_text(p_words -> 'abbreviations') a loop
      v_text := replace(v_text, v_long, v_short);
    end loop;
  end if;
  return v_text;
end
$$;

comment on function aquaseed._compose(jsonb, text, bigint, bigint, jsonb, text) is
  'A note of clauses of the configuration (health.words), by the habits of a site and a draw.';
