-- Where a state stood apart from a text, by its own word or act or by the record of the organisation: one row for each text
-- and state. What others report of it stands in dissent_reported.
-- document_id: the text
-- title: its title
-- start_date: the day of the text, or of the act where the text has no day
-- actor_id: the state
-- form: did_not_participate, dissociated, refused_signature, reservation
-- provision: the provision; blank = the whole text
-- source_id: the source
-- source_locator: where in it
CREATE VIEW dissent AS
WITH apart AS (
    SELECT document_id, actor_id, role AS form, provision, NULL AS act_date, NULL AS summary, source_id, source_locator, 1 AS preference
    FROM document_parties
    WHERE role IN ('did_not_participate', 'dissociated', 'refused_signature', 'reservation') AND basis IN ('listed', 'signed', 'stated')
    UNION ALL
    SELECT document_id, holder, act, NULL, coalesce(start_date, as_of), summary, source_id, source_locator, 2
    FROM positions
    WHERE act IN ('refused_signature', 'did_not_participate', 'dissociated') AND asserted_by IS NULL
)
SELECT a.document_id, coalesce(d.title, a.summary) AS title, coalesce(d.adopted_on, a.act_date) AS start_date, a.actor_id, a.form,
       a.provision, a.source_id, a.source_locator
FROM apart a
LEFT JOIN documents d ON d.document_id = a.document_id
-- A text's record and the state's own statement of the same are one dissent; acts about no text in the tables stay apart.
QUALIFY a.document_id IS NULL OR row_number() OVER (PARTITION BY a.document_id, a.actor_id, a.provision IS NULL ORDER BY a.preference, a.act_date) = 1
ORDER BY start_date, a.document_id, a.actor_id;
