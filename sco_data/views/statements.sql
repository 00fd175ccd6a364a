-- Every statement of every source: the rows of evidence, and for each figure, roll call and vote of a dataset that was taken over whole (sources.series) the
-- statement that it is itself, since these rest on their one source and have no rows in evidence.
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
WHERE source_id IN (SELECT source_id FROM sources WHERE series)
UNION ALL
SELECT source_id || ':roll_calls:' || roll_call_id, 'roll_calls', roll_call_id, NULL, NULL, NULL, 'supports', source_id, source_locator, 'full', NULL, NULL, NULL
FROM roll_calls
WHERE source_id IN (SELECT source_id FROM sources WHERE series) AND NOT contested AND roll_call_id NOT IN (SELECT row_id FROM evidence WHERE table_name = 'roll_calls')
UNION ALL
SELECT source_id || ':roll_call_votes:' || roll_call_id || '|' || iso3, 'roll_call_votes', roll_call_id || '|' || iso3, 'vote', vote, vote, 'supports', source_id, source_locator, 'full', NULL, NULL, NULL
FROM roll_call_votes
WHERE source_id IN (SELECT source_id FROM sources WHERE series) AND roll_call_id || '|' || iso3 NOT IN (SELECT row_id FROM evidence WHERE table_name = 'roll_call_votes');
