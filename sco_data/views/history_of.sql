-- Table macro history_of(state): every step of one state toward and within every status, by ISO3 code, in order, with the
-- spell that the step begins or ends, what sources say against its day, and why the day was taken.
CREATE MACRO history_of(state) AS TABLE
WITH against AS (
    SELECT row_id, string_agg(coded_value || ' (' || said_by || ')', '; ' ORDER BY coded_value) AS disputed, arg_min(why, length(why)) AS why
    FROM (
        SELECT row_id, coded_value, string_agg(DISTINCT source_id, ', ' ORDER BY source_id) AS said_by, arg_min(note, length(note)) AS why
        FROM evidence
        WHERE table_name = 'status_steps' AND field_name = 'step_on' AND relation = 'contradicts'
        GROUP BY row_id, coded_value
    )
    GROUP BY row_id
), witnesses AS (
    SELECT row_id, count(DISTINCT source_id) AS sources
    FROM evidence
    WHERE table_name = 'status_steps' AND relation = 'supports'
    GROUP BY row_id
)
SELECT t.iso3, a.name, t.step_on AS date, t.step_on_precision AS date_precision, t.status_sought, t.step,
       b.status_id AS begins, e.status_id AS ends, t.summit_id, t.place, x.disputed, x.why, w.sources, t.step_id, t.source_id, t.note
FROM status_steps t
JOIN actors a ON a.actor_id = t.iso3
LEFT JOIN statuses b ON b.start_step = t.step_id AND b.iso3 = t.iso3
LEFT JOIN statuses e ON e.end_step = t.step_id AND e.iso3 = t.iso3
LEFT JOIN against x ON x.row_id = t.step_id
LEFT JOIN witnesses w ON w.row_id = t.step_id
WHERE t.iso3 = state
ORDER BY t.step_on NULLS LAST, t.step_id;
