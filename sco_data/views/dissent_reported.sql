-- What third parties report of a state's standing apart from a text, where neither the state's own word nor the record of
-- the organisation says so. Apart from dissent, and no part of it.
-- document_id: the text
-- title: its title, or what is reported
-- start_date: the day of the text, or of the act where the text has no day
-- start_date_precision: how exactly it is known
-- actor_id: the state
-- form: did_not_participate, dissociated, refused_signature, reservation
-- asserted_by: who reports it
-- source_id: the source
-- source_locator: where in it
CREATE VIEW dissent_reported AS
WITH apart AS (
    SELECT document_id, actor_id, role AS form, NULL AS act_date, NULL AS act_precision, NULL AS summary, NULL AS asserted_by, source_id, source_locator, 2 AS preference
    FROM document_parties
    WHERE role IN ('did_not_participate', 'dissociated', 'refused_signature', 'reservation') AND basis = 'reported'
    UNION ALL
    SELECT document_id, holder, act, coalesce(start_date, as_of), CASE WHEN start_date IS NULL THEN as_of_precision ELSE start_date_precision END, summary, asserted_by, source_id, source_locator, 1
    FROM positions
    WHERE act IN ('refused_signature', 'did_not_participate', 'dissociated') AND asserted_by IS NOT NULL
)
SELECT a.document_id, coalesce(d.title, a.summary) AS title, coalesce(d.adopted_on, a.act_date) AS start_date,
       CASE WHEN d.adopted_on IS NULL THEN a.act_precision ELSE d.adopted_on_precision END AS start_date_precision, a.actor_id, a.form,
       a.asserted_by, a.source_id, a.source_locator
FROM apart a
LEFT JOIN documents d ON d.document_id = a.document_id
WHERE NOT EXISTS (SELECT 1 FROM dissent o WHERE o.document_id = a.document_id AND o.actor_id = a.actor_id)
QUALIFY a.document_id IS NULL OR row_number() OVER (PARTITION BY a.document_id, a.actor_id ORDER BY a.preference, a.act_date) = 1
ORDER BY start_date, a.document_id, a.actor_id;
