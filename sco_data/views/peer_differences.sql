-- Every difference between what other datasets and reference works code (peer_codings) and the statuses of this dataset, with our reason.
-- Codes by year are compared with the status on 31 December, as Correlates of War counts any membership of the year; editions with every
-- day between the first and the last that was read; joining dates with the first day of the status.
-- peer: the dataset or reference work
-- iso3: the state
-- name: United Nations short name
-- ccode: COW code
-- first_day: first day of the difference; for codes by year 1 January
-- last_day: last day of the difference, inclusive; for codes by year 31 December; for a joining date the day before the one here
-- theirs: the status that the peer codes
-- coded_as: the peer's own code or words
-- ours: the status in this dataset
-- reason_code: why they differ (code list difference_reason)
-- reason: the same in words
-- coding_id: the row of peer_codings
-- status_id: the spell in this dataset, blank if none
CREATE VIEW peer_differences AS
WITH cover AS (
    SELECT first_day, last_day FROM coverage WHERE table_name = 'statuses'
), compared AS (
    SELECT p.coding_id, p.peer, p.iso3, p.coded_status, p.coded_as, CAST(d AS DATE) AS day,
           make_date(year(d), 1, 1) AS from_day, CAST(d AS DATE) AS to_day
    FROM peer_codings p
    CROSS JOIN generate_series(make_date(year(p.first_day), 12, 31), make_date(year(p.last_day), 12, 31), INTERVAL 1 YEAR) AS t(d)
    WHERE p.kind = 'state_years'
    UNION ALL
    SELECT p.coding_id, p.peer, p.iso3, p.coded_status, p.coded_as, CAST(d AS DATE), CAST(d AS DATE), CAST(d AS DATE)
    FROM peer_codings p
    CROSS JOIN cover c
    CROSS JOIN generate_series(p.first_day, least(p.last_day, c.last_day), INTERVAL 1 DAY) AS t(d)
    WHERE p.kind = 'editions'
), ours AS (
    SELECT p.*, s.status_id, coalesce(s.status, 'none') AS ours
    FROM compared p
    LEFT JOIN spells s ON s.iso3 = p.iso3 AND s.start_date <= p.day AND (s.end_date IS NULL OR s.end_date > p.day)
), runs AS (
    -- Days that follow one another with the same answer make one difference.
    SELECT *, row_number() OVER (PARTITION BY coding_id ORDER BY day)
            - row_number() OVER (PARTITION BY coding_id, ours, status_id ORDER BY day) AS run
    FROM ours
), differences AS (
    SELECT peer, iso3, min(from_day) AS first_day, max(to_day) AS last_day, coded_status AS theirs, coded_as, ours, coding_id, status_id
    FROM runs
    WHERE coded_status <> ours
    GROUP BY ALL
    UNION ALL
    SELECT p.peer, p.iso3, least(p.first_day, s.start_date), greatest(p.first_day, s.start_date) - 1, p.coded_status, p.coded_as,
           coalesce(b.status, 'none'), p.coding_id, b.status_id
    FROM peer_codings p
    JOIN spells s ON s.iso3 = p.iso3 AND s.status = p.coded_status
    LEFT JOIN spells b ON b.iso3 = p.iso3 AND b.start_date <= p.first_day AND b.end_date > p.first_day
    WHERE p.kind = 'joining_date' AND p.first_day <> s.start_date
), explained AS (
    SELECT *,
           CASE WHEN theirs = 'member' AND ours = 'shanghai_five' THEN 'predecessor_counted'
                WHEN theirs = 'none' AND ours = 'shanghai_five' THEN 'predecessor_counted'
                WHEN peer = 'cow_igo_v3' AND theirs = 'none' THEN 'not_coded'
                WHEN ours = 'partner' AND theirs IN ('observer', 'dialogue_partner')
                     AND theirs = (SELECT s.legal_status FROM spells s WHERE s.status_id = d.status_id) THEN 'relabelled'
                WHEN theirs = 'none'
                     OR EXISTS (FROM spells s WHERE s.iso3 = d.iso3 AND s.status = d.theirs AND s.end_date <= d.first_day) THEN 'not_updated'
                WHEN theirs IN ('observer', 'dialogue_partner') THEN 'other_status'
           END AS reason_code
    FROM differences d
)
SELECT e.peer, e.iso3, a.name, a.ccode, e.first_day, e.last_day, e.theirs, e.coded_as, e.ours, e.reason_code, c.definition AS reason, e.coding_id,
       e.status_id
FROM explained e
JOIN actors a ON a.iso3 = e.iso3
LEFT JOIN codes c ON c.code_list = 'difference_reason' AND c.code = e.reason_code
ORDER BY e.peer, e.iso3, e.first_day, e.coding_id, e.status_id;
