-- Every statement of every source: the rows of evidence, and for each figure of a provider's series the statement that it is itself,
-- since series rest on their one source and have no rows in evidence.
-- evidence_id: its id
-- table_name: the table
-- row_id: the row
-- field_name: the column; blank = the row as a whole
-- stated_value: what the source states, in its words where they were kept
-- coded_value: what was coded from it
-- relation: supports, contradicts, rejected
-- source_id: the source
-- source_locator: where in it
-- read_extent: how much of it was read
-- char_start: first character of the passage, where the source is a text with spans
-- char_end: first character after it
-- note: remark, or why a contradiction was decided so
CREATE VIEW statements AS
SELECT evidence_id, table_name, row_id, field_name, stated_value, coded_value, relation, source_id, source_locator, read_extent, char_start, char_end, note
FROM evidence
UNION ALL
SELECT source_id || ':economic_figures:' || figure_id || ':value', 'economic_figures', figure_id, 'value', CAST(value AS VARCHAR), CAST(value AS VARCHAR), 'supports',
       source_id, source_locator, 'full', NULL, NULL, NULL
FROM economic_figures
WHERE source_id IN (SELECT source_id FROM sources WHERE series);
