-- Who is named in support of the Belt and Road Initiative in each text of the heads of state and of government, who is not, who initiated it, and who was
-- not yet a member: one row a text of which that is known. A text without a row was not found to have the paragraph, or could not be read so far.
-- document_id: the text
-- title: its title
-- adopted_on: the day of the text
-- body: chs heads of state, chg heads of government
-- form: named if the paragraph lists states; blanket if it speaks of the organisation without naming any; empty if only a report of one state was found
-- named_in_support: states that it names, by ISO code
-- not_named: members on that day that it does not name, other than the initiator
-- initiator: the state whose initiative it is, where the paragraph lists states
-- not_member: later members that were none on that day, or acceded on it
-- basis: listed if the list was read in the text or a quotation of it; stated or reported otherwise
-- languages: languages of the copies that it was coded from
-- sources: number of sources
-- read_extent: full if some copy was read whole
-- source_id: one of the sources; evidence has all
CREATE VIEW bri_support AS
WITH listed AS (
    SELECT p.document_id,
           string_agg(p.actor_id, ' ' ORDER BY p.actor_id) FILTER (p.role = 'named_in_support') AS named_in_support,
           string_agg(p.actor_id, ' ' ORDER BY p.actor_id) FILTER (p.role = 'not_named') AS not_named,
           string_agg(p.actor_id, ' ' ORDER BY p.actor_id) FILTER (p.role = 'initiator') AS initiator,
           string_agg(p.actor_id, ' ' ORDER BY p.actor_id) FILTER (p.role = 'not_member') AS not_member,
           CASE WHEN bool_or(p.role = 'blanket') THEN 'blanket' WHEN bool_or(p.role = 'named_in_support') THEN 'named' END AS form,
           string_agg(DISTINCT p.basis, ' ' ORDER BY p.basis) FILTER (p.role <> 'not_member') AS basis,
           min(p.source_id) FILTER (p.role IN ('named_in_support', 'blanket', 'not_named')) AS source_id
    FROM document_parties p
    WHERE p.provision = 'belt_and_road'
    GROUP BY p.document_id
), copies AS (
    SELECT p.document_id, string_agg(DISTINCT s.language, ' ' ORDER BY s.language) AS languages, count(DISTINCT s.source_id) AS sources, max(e.read_extent) AS read_extent
    FROM document_parties p
    JOIN evidence e ON e.table_name = 'document_parties' AND e.row_id = p.party_id AND e.relation = 'supports'
    JOIN sources s ON s.source_id = e.source_id
    WHERE p.provision = 'belt_and_road' AND p.role IN ('named_in_support', 'blanket', 'not_named')
    GROUP BY p.document_id
)
SELECT d.document_id, d.title, d.adopted_on, m.body, l.form, l.named_in_support, l.not_named, l.initiator, l.not_member, l.basis, c.languages, c.sources, c.read_extent, l.source_id
FROM listed l
JOIN documents d ON d.document_id = l.document_id
LEFT JOIN summits m ON m.summit_id = d.summit_id
LEFT JOIN copies c ON c.document_id = l.document_id
ORDER BY d.adopted_on, d.document_id;
