-- Who stands behind each text that a council adopted: what sources say in document_parties, and otherwise the members on that day, by presumption, since a
-- text adopted by consensus shows that no member blocked it. A member that stood apart is none by presumption. The denominator of dissent, and no list of
-- national positions.
-- document_id: the text
-- kind: kind of text
-- adopted_on: the day
-- actor_id: the state
-- role: party, or in which form it stood apart
-- basis: listed, signed, stated, reported; presumed_from_status where no source names the state
-- source_id: the source of the row, or of the text where it is presumed
CREATE VIEW text_parties AS
WITH texts AS (
    SELECT d.document_id, d.kind, coalesce(d.adopted_on, s.session_date) AS adopted_on, d.source_id
    FROM documents d
    JOIN summits s ON s.summit_id = d.summit_id
    -- A memorandum binds the organisation and one state, not the members.
    WHERE s.body IN ('chs', 'chg', 'joint') AND d.kind <> 'memorandum'
), said AS (
    SELECT p.document_id, p.actor_id, p.role, p.basis, p.source_id
    FROM document_parties p
    WHERE p.provision IS NULL
), presumed AS (
    SELECT t.document_id, m.iso3 AS actor_id, 'party' AS role, 'presumed_from_status' AS basis, t.source_id
    FROM texts t
    -- A state admitted on that day signs what was ready for it, which only a source can tell.
    JOIN statuses m ON m.status = 'member' AND (m.start_date < t.adopted_on OR m.start_basis = 'founded' AND m.start_date = t.adopted_on)
                 AND (m.end_date IS NULL OR m.end_date > t.adopted_on)
    ANTI JOIN said s ON s.document_id = t.document_id AND s.actor_id = m.iso3
)
SELECT t.document_id, t.kind, t.adopted_on, p.actor_id, p.role, p.basis, p.source_id
FROM (FROM said UNION ALL FROM presumed) p
JOIN texts t ON t.document_id = p.document_id
ORDER BY t.adopted_on, t.document_id, p.actor_id;
