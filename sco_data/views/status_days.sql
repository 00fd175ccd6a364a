-- One row for each state that ever held a status and each day from 26 April 1996 to the end of coverage: the table that
-- every engine can join by equality on state and day.
-- iso3: the state
-- day: the day
-- status (codes status_of_year): the status held that day, 'none' if none
-- status_since: first day of that status
-- is_member: true if a full member that day
CREATE VIEW status_days AS
WITH days AS (
    SELECT CAST(d AS DATE) AS day
    FROM coverage, generate_series(TIMESTAMP '1996-04-26', CAST(last_day AS TIMESTAMP), INTERVAL 1 DAY) AS t(d)
    WHERE table_name = 'statuses'
)
SELECT m.iso3, d.day, coalesce(s.status, 'none') AS status, s.start_date AS status_since, coalesce(s.status = 'member', false) AS is_member
FROM members m
CROSS JOIN days d
LEFT JOIN spells s ON s.iso3 = m.iso3 AND s.start_date <= d.day AND (s.end_date IS NULL OR s.end_date > d.day);
