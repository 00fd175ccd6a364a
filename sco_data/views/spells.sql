-- Spells of status that began within the days that the data cover, with both start rules side by side.
-- status_id: the spell
-- iso3: the state
-- status: the status held
-- start_date: first day by the rules of coding
-- start_date_precision: how exactly it is known
-- start_granted: first day if the grant is taken for the start
-- start_granted_precision: how exactly it is known
-- end_date: first day on which it no longer held; blank = in force
-- end_date_precision: how exactly it is known
-- legal_status: the status under charter and memorandum, where it differs
-- contested: true where a source states another date
CREATE VIEW spells AS
SELECT status_id, iso3, status, start_date, start_date_precision,
       coalesce(granted_on, start_date) AS start_granted, coalesce(granted_on_precision, start_date_precision) AS start_granted_precision,
       end_date, end_date_precision, legal_status, contested
FROM statuses
WHERE start_date <= (SELECT last_day FROM coverage WHERE table_name = 'statuses');
