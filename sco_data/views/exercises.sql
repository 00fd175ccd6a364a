-- Every exercise, those of the organisation and those of two members under the same name: when, where, who took part with how many, who watched,
-- who stayed away, and whether it took place.
-- event_id: the exercise
-- name: its name
-- event_series: the series to which it belongs
-- sco_relation: sco_project for those of the organisation, members_bilateral for those of two members
-- event_status: held, postponed, cancelled, announced
-- first_day: first day, first possible one
-- first_day_precision: how exactly it is known
-- last_day: last day, inclusive
-- last_day_precision: how exactly it is known
-- place: where
-- host: the state on whose territory it took place
-- participants: who took part, each with the persons that it sent where a source says
-- observers: who watched
-- absent: members that stayed away, where a source says so
-- personnel: persons in all, each figure with its kind and what it was said to be
-- contested: true if sources disagree on it, or on the persons
-- note: what a user must know
-- source_id: the source that the row rests on
CREATE VIEW exercises AS
WITH parties AS (
    SELECT event_id,
           string_agg(actor_id, ', ' ORDER BY actor_id) FILTER (role = 'host') AS host,
           string_agg(actor_id || coalesce(' (' || personnel || ')', ''), ', ' ORDER BY actor_id) FILTER (role = 'participant') AS participants,
           string_agg(actor_id, ', ' ORDER BY actor_id) FILTER (role = 'observer') AS observers,
           string_agg(actor_id, ', ' ORDER BY actor_id) FILTER (role = 'absent') AS absent
    FROM event_participants
    GROUP BY event_id
), persons AS (
    SELECT subject_id AS event_id,
           string_agg(CASE qualifier WHEN 'about' THEN 'about ' WHEN 'at_least' THEN 'at least ' WHEN 'at_most' THEN 'at most ' ELSE '' END || CAST(value AS BIGINT) || coalesce(' of ' || counterpart_id, '') || ' (' || value_kind || ')', '; ' ORDER BY figure_id) AS personnel,
           bool_or(contested) AS contested
    FROM economic_figures
    WHERE subject_kind = 'event' AND indicator = 'personnel'
    GROUP BY subject_id
)
SELECT e.event_id, e.name, e.event_series, e.sco_relation, e.event_status, e.first_day, e.first_day_precision, e.last_day, e.last_day_precision, e.place,
       p.host, p.participants, p.observers, p.absent, n.personnel, e.contested OR coalesce(n.contested, false) AS contested, e.note, e.source_id
FROM events e
LEFT JOIN parties p ON p.event_id = e.event_id
LEFT JOIN persons n ON n.event_id = e.event_id
WHERE e.kind = 'exercise'
ORDER BY e.first_day, e.event_id;
