-- Where a state stood apart from a text, or left a meeting, by its own word or act or by the record of the organisation: one row for
-- each text or meeting and state. What others report of it stands in dissent_reported.
-- document_id: the text
-- title: its title
-- start_date: the day of the text, or of the act where the text has no day
-- start_date_precision: how exactly it is known
-- actor_id: the state
-- form: did_not_participate, dissociated, refused_signature, reservation; withdrew: it left a meeting of a body of the organisation
-- provision: the provision; blank = the whole text
-- said: what the state itself said of it, in our words
-- source_id: the source
-- source_locator: where in it
CREATE VIEW dissent AS
WITH apart AS (
    SELECT document_id, actor_id, role AS form, provision, NULL AS act_date, NULL AS act_precision, NULL AS summary, source_id, source_locator, 1 AS preference
    FROM document_parties
    WHERE role IN ('did_not_participate', 'dissociated', 'refused_signature', 'reservation') AND basis IN ('listed', 'signed', 'stated')
    UNION ALL
    SELECT document_id, holder, act, NULL, coalesce(start_date, as_of), CASE WHEN start_date IS NULL THEN as_of_precision ELSE start_date_precision END, summary, source_id, source_locator, 2
    FROM positions
    WHERE asserted_by IS NULL
      AND (act IN ('refused_signature', 'did_not_participate', 'dissociated') OR act = 'withdrew' AND event_id IN (SELECT event_id FROM events WHERE body_id IS NOT NULL))
)
SELECT a.document_id, coalesce(d.title, a.summary) AS title, coalesce(d.adopted_on, e.first_day, a.act_date, s.first_said) AS start_date,
       CASE WHEN d.adopted_on IS NOT NULL THEN d.adopted_on_precision WHEN e.first_day IS NOT NULL THEN e.first_day_precision
            WHEN a.act_date IS NOT NULL THEN a.act_precision ELSE s.first_precision END AS start_date_precision,
       a.actor_id, a.form,
       a.provision, s.said, a.source_id, a.source_locator
FROM apart a
LEFT JOIN documents d ON d.document_id = a.document_id
LEFT JOIN events e ON e.event_id = d.event_id
LEFT JOIN (
    SELECT document_id, holder, string_agg(summary, ' ' ORDER BY coalesce(start_date, as_of), position_id) AS said, min(coalesce(start_date, as_of)) AS first_said,
           arg_min(CASE WHEN start_date IS NULL THEN as_of_precision ELSE start_date_precision END, coalesce(start_date, as_of)) AS first_precision
    FROM positions
    WHERE document_id IS NOT NULL AND asserted_by IS NULL
    GROUP BY document_id, holder
) s ON s.document_id = a.document_id AND s.holder = a.actor_id
-- A text's record and the state's own statement of the same are one dissent; acts about no text in the tables stay apart.
QUALIFY a.document_id IS NULL OR row_number() OVER (PARTITION BY a.document_id, a.actor_id, coalesce(a.provision, '') ORDER BY a.preference, a.act_date) = 1
ORDER BY start_date, a.document_id, a.actor_id;
