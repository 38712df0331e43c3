-- What can go wrong, or be done out of turn: the one place that says what a kind of incident is and does.
--   effect      what others do with it: disease; bloom (level limits the oxygen of the water); gale (weather; nobody
--               feeds); nitrite (size is added to the water); short_feed (size is the share missing); lice (size comes
--               in); no_reading, stuck, drift, reading (sensors; reading: size is shown at the slot)
--   deaths      share: size is the share of the fish killed, evenly over its days; share_at_end: on its last day;
--               some: as many as incidents.water_treatment.dead says; factor: size multiplies those there are anyhow
--   cause       of these deaths
--   is_stress   whether it shows in health scores (health.yaml, sampling)
--   is_for_vet  whether the journal entry is the veterinarian's
--   drawn_by    the function _draw_<name> beside this file that says when and where it happens; null: noted where it
--               is decided, as moves and thinning harvests are
--   is_disaster happens only where incidents.disasters says so
create or replace function aquaseed.list_incident_kinds()
returns table (
  kind text, effect text, deaths text, cause text, is_stress boolean, is_for_vet boolean, drawn_by text,
  is_disaster boolean, size_is text
)
language sql immutable parallel safe rows 16
begin atomic
  values
    ('thinning_harvest', null, null, null, false, false, null, false, 'share of the fish of the ring'),
    ('staggered_transfer', null, null, null, false, false, null, true, 'days from the first move to the last'),
    ('grading', null, null, null, false, false, null, true, 'destinations of a source'),
    ('lice_wave', 'lice', null, null, false, true, 'lice_wave', true, 'adult females added per fish'),
    ('disease', 'disease', 'factor', null, true, true, 'disease', true, 'factor on the hazard at its peak'),
    ('algae', 'bloom', 'share', 'ENVIRONMENTAL', true, true, 'bloom', true, 'share of the fish killed'),
    ('jellyfish', 'bloom', 'share', 'ENVIRONMENTAL', true, true, 'bloom', true, 'share of the fish killed'),
    ('storm', 'gale', 'share_at_end', 'ENVIRONMENTAL', true, false, 'storm', true, 'share of the fish killed'),
    ('water_treatment', 'nitrite', 'some', 'ENVIRONMENTAL', true, false, 'water_treatment', true,
     'highest nitrite, mg/L'),
    ('low_oxygen', 'reading', 'some', 'ENVIRONMENTAL', true, false, 'water_treatment', true,
     'lowest oxygen, % saturation'),
    ('predator', null, 'share', 'PREDATION', true, false, 'predator', true, 'share of the fish killed'),
    ('feed_stock_out', 'short_feed', null, null, false, false, 'feed_stock_out', true, 'share of the feed missing'),
    ('sensor_outage', 'no_reading', null, null, false, false, 'sensor_outage', false, '1'),
    ('sensor_stuck', 'stuck', null, null, false, false, 'sensor_stuck', true, '1'),
    ('sensor_spike', 'reading', null, null, false, false, 'sensor_spike', true, 'value shown'),
    ('sensor_drift', 'drift', null, null, false, false, 'sensor_drift', true, 'units a day');
end;

comment on function aquaseed.list_incident_kinds() is
  'Kinds of aquaseed.incident: what they do to fish, water and sensors, and what their size means.';
