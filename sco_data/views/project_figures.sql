-- Every figure of every project: money with its kind and its day, lengths, capacities, counts. Two sums of different days or kinds are two rows, and none is
-- the cost by itself.
-- project_id: the project
-- figure_id: the figure
-- indicator: what is measured
-- value: the value in base units
-- unit: its unit
-- value_kind: pledged, committed, contracted, disbursed ...
-- qualifier: exact, about, at_least, at_most
-- counterpart_id: the other side, where the figure is of one side
-- as_of: the day for which, or on which, it was said; the last day of the period where that is given
-- first_day: first day of the period that the figure is of; blank where it is of one day
-- last_day: last day of that period
-- is_money: true for sums of money
-- said: the figure in one line
-- contested: true if sources state another value
-- source_id: the source that it rests on
-- note: what a user must know
CREATE VIEW project_figures AS
SELECT f.subject_id AS project_id, f.figure_id, f.indicator, f.value, f.unit, f.value_kind, f.qualifier, f.counterpart_id, coalesce(f.as_of, f.last_day) AS as_of, f.first_day, f.last_day,
       f.unit IN ('USD', 'EUR') AS is_money,
       i.label || ' ' || CASE WHEN f.value >= 1e9 AND f.unit IN ('USD', 'EUR', 'm3_per_year') THEN printf('%.4g', f.value / 1e9) || ' billion'
                              WHEN f.value >= 1e6 THEN printf('%.4g', f.value / 1e6) || ' million'
                              ELSE printf('%.10g', f.value) END
           || CASE WHEN f.unit IN ('USD', 'EUR') THEN ' ' || f.unit WHEN f.unit = 'count' THEN '' ELSE ' ' || lower(u.label) END || coalesce(' of ' || f.counterpart_id, '') || ' (' || f.value_kind || coalesce(', ' || coalesce(f.as_of, f.last_day), '') || ')' AS said,
       f.contested, f.source_id, f.note
FROM economic_figures f
JOIN indicators i ON i.indicator = f.indicator
JOIN codes u ON u.code_list = 'unit' AND u.code = f.unit
WHERE f.subject_kind = 'project'
ORDER BY f.subject_id, f.indicator, coalesce(f.as_of, f.last_day), f.figure_id;
