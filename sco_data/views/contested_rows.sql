-- Every value on which sources disagree: what the tables carry by whom, what is said against it by whom, and why it was
-- decided so.
-- table_name: the table
-- row_id: the row
-- field_name: the column
-- supported_by: sources for the value carried
-- contradicted_by: sources against it, each with what it states
-- why: the reason of the decision
CREATE VIEW contested_rows AS
SELECT table_name, row_id, field_name,
       string_agg(DISTINCT source_id, '; ' ORDER BY source_id) FILTER (relation = 'supports') AS supported_by,
       string_agg(DISTINCT coded_value || ' (' || source_id || ')', '; ' ORDER BY coded_value || ' (' || source_id || ')') FILTER (relation = 'contradicts') AS contradicted_by,
       string_agg(DISTINCT note, '; ' ORDER BY note) FILTER (relation = 'contradicts') AS why
FROM evidence
GROUP BY table_name, row_id, field_name
HAVING contradicted_by IS NOT NULL
ORDER BY table_name, row_id, field_name;
