-- Who signs and when: three functions take the seed too, and how fish are moved.
drop function if exists aquaseed._emit_assignments(integer);
drop function if exists aquaseed._emit_feeding(integer, text);
drop function if exists aquaseed._emit_transactions(integer, date);

create type aquaseed.transfer_manner as (net double precision, gravity double precision, sample_sd double precision);
comment on type aquaseed.transfer_manner is
  'work.transfer_manner: shares of moves by net and by gravity, and how much the size of a sample varies.';
