-- Every statement of every source, with what its row says and the source's title beside it: who says what of which row,
-- where. Cut to one source it is an abstract of it.
-- table_name: the table
-- row_id: the row
-- says: what the row says, in one line; blank for a row that was rejected
-- field_name: the column; blank = the row as a whole
-- stated_value: what the source states, in its words where they were kept
-- coded_value: what was coded from it
-- relation: supports, contradicts, rejected
-- source_id: the source
-- source_locator: where in it
-- char_start: first character of the passage, where the source is a text with spans
-- char_end: first character after it
-- kind: kind of source
-- authors: its authors
-- title: its title
-- published_on: when it appeared
-- url: its address
-- read_extent: how much of it was read
-- note: remark, or why a contradiction was decided so
CREATE VIEW row_sources AS
SELECT e.table_name, e.row_id, t.says, e.field_name, e.stated_value, e.coded_value, e.relation, e.source_id, e.source_locator, e.char_start, e.char_end,
       s.kind, s.authors, s.title, s.published_on, s.url, e.read_extent, e.note
FROM statements e
JOIN sources s ON s.source_id = e.source_id
LEFT JOIN row_texts t ON t.table_name = e.table_name AND t.row_id = e.row_id
ORDER BY e.table_name, e.row_id, e.field_name, e.relation DESC, e.source_id;
