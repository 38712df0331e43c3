-- Tables of scenarios, plans, summaries, weather and money (emit), and the views on them.
select 1;
