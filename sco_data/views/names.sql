-- Every name and alias by which a row can be found: of states, organisations, groups, bodies, projects, events, documents,
-- officials, issues. Search it: SELECT * FROM names WHERE name ILIKE '%silk road%'.
-- name: a name or alias
-- table_name: the table of the row
-- row_id: the row
-- kind: the kind of the row
CREATE VIEW names AS
WITH said AS (
    SELECT name, 'actors' AS table_name, actor_id AS row_id, kind FROM actors
    UNION ALL SELECT unnest(string_split(aliases, '|')), 'actors', actor_id, kind FROM actors
    UNION ALL SELECT name, 'projects', project_id, kind FROM projects
    UNION ALL SELECT unnest(string_split(aliases, '|')), 'projects', project_id, kind FROM projects
    UNION ALL SELECT name, 'events', event_id, kind FROM events
    UNION ALL SELECT title, 'documents', document_id, kind FROM documents
    UNION ALL SELECT name, 'officials', official_id, office FROM officials
    UNION ALL SELECT label, 'issues', issue, kind FROM issues
)
SELECT DISTINCT trim(name) AS name, table_name, row_id, kind
FROM said
WHERE name IS NOT NULL
ORDER BY name, table_name, row_id;
