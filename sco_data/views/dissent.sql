-- Where a state stood apart from a text, by its own word or act or by the record of the organisation.
-- document_id: the text
-- title: its title
-- start_date: the day of the text, or of the act where the text has no day
-- actor_id: the state
-- form: did_not_participate, dissociated, refused_signature, reservation
-- provision: the provision; blank = the whole text
-- source_id: the source
-- source_locator: where in it
CREATE VIEW dissent AS
SELECT p.document_id, d.title, d.adopted_on AS start_date, p.actor_id, p.role AS form, p.provision, p.source_id, p.source_locator
FROM document_parties p
JOIN documents d ON d.document_id = p.document_id
WHERE p.role IN ('did_not_participate', 'dissociated', 'refused_signature', 'reservation') AND p.basis IN ('listed', 'signed', 'stated')
UNION ALL
SELECT p.document_id, coalesce(d.title, p.summary), coalesce(d.adopted_on, p.start_date, p.as_of), p.holder, p.act, NULL, p.source_id, p.source_locator
FROM positions p
LEFT JOIN documents d ON d.document_id = p.document_id
WHERE p.act IN ('refused_signature', 'did_not_participate', 'dissociated') AND p.asserted_by IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM document_parties q
      WHERE q.document_id = p.document_id AND q.actor_id = p.holder AND q.role = p.act AND q.basis IN ('listed', 'signed', 'stated')
  )
ORDER BY 3, 1, 4;
