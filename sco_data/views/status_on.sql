-- Table macro status_on(day, start_rule := 'default'): the status of every state on one day, one row for each state that
-- holds one; start_rule 'granted' takes the grant for the start of every spell. Outside coverage it has no rows.
CREATE MACRO status_on(day, start_rule := 'default') AS TABLE
SELECT m.iso3, m.name, s.status,
       CASE start_rule WHEN 'granted' THEN s.start_granted ELSE s.start_date END AS since,
       CASE start_rule WHEN 'granted' THEN s.start_granted_precision ELSE s.start_date_precision END AS since_precision,
       s.legal_status, s.contested, s.status_id
FROM spells s
JOIN members m ON m.iso3 = s.iso3
JOIN coverage c ON c.table_name = 'statuses' AND CAST(day AS DATE) BETWEEN c.first_day AND c.last_day
WHERE CASE start_rule WHEN 'granted' THEN s.start_granted WHEN 'default' THEN s.start_date
                      ELSE error('no such start_rule: write default or granted') END <= CAST(day AS DATE)
  AND (s.end_date IS NULL OR s.end_date > CAST(day AS DATE))
ORDER BY m.iso3;
