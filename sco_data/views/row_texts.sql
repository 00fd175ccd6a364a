-- Every row of the sourced tables in one line of words: what it says, whatever table it stands in.
-- table_name: the table
-- row_id: the row
-- says: what the row says
CREATE VIEW row_texts AS
SELECT 'members' AS table_name, iso3 AS row_id, name || ': ' || coalesce(latest_status, 'no status') AS says FROM members
UNION ALL SELECT 'statuses', status_id, iso3 || ': ' || status || ' from ' || start_date || coalesce(' to ' || end_date, '') FROM statuses
UNION ALL SELECT 'status_steps', step_id, iso3 || ': ' || status_sought || ', ' || step || coalesce(' on ' || left(CAST(step_on AS VARCHAR), CASE step_on_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END), '') FROM status_steps
UNION ALL SELECT 'summits', summit_id, coalesce(title, body) || ', ' || city || ', ' || session_date FROM summits
UNION ALL SELECT 'summit_attendance', summit_id || '|' || actor_id, actor_id || ' at ' || summit_id || ' as ' || capacity FROM summit_attendance
UNION ALL SELECT 'projects', project_id, name || coalesce(': ' || summary, '') FROM projects
UNION ALL SELECT 'project_participants', project_id || '|' || actor_id || '|' || role, actor_id || ' in ' || project_id || ' as ' || role FROM project_participants
UNION ALL SELECT 'economic_figures', figure_id, subject_id || ': ' || indicator || ' ' || CAST(value AS DECIMAL(30, 2)) || ' ' || unit || ' (' || value_kind || ', ' || qualifier || ')' FROM economic_figures
UNION ALL SELECT 'positions', position_id, holder || ': ' || summary FROM positions
UNION ALL SELECT 'readings', reading_id, asserted_by || ' of ' || about || ': ' || summary FROM readings
UNION ALL SELECT 'documents', document_id, title FROM documents
UNION ALL SELECT 'document_parties', party_id, actor_id || ' and ' || document_id || ': ' || role FROM document_parties
UNION ALL SELECT 'roll_calls', roll_call_id, coalesce(symbol || ': ', '') || coalesce(title, 'roll call') FROM roll_calls
UNION ALL SELECT 'roll_call_votes', roll_call_id || '|' || iso3, iso3 || ' on ' || roll_call_id || ': ' || vote FROM roll_call_votes
UNION ALL SELECT 'roll_call_issues', roll_call_id || '|' || vote_issue, roll_call_id || ': ' || vote_issue FROM roll_call_issues
UNION ALL SELECT 'events', event_id, name || coalesce(': ' || summary, '') FROM events
UNION ALL SELECT 'event_participants', event_id || '|' || actor_id || '|' || role, actor_id || ' in ' || event_id || ' as ' || role FROM event_participants
UNION ALL SELECT 'group_members', group_id || '|' || actor_id || '|' || start_date, actor_id || ' in ' || group_id FROM group_members
UNION ALL SELECT 'officials', official_id, name || ', ' || office FROM officials
UNION ALL SELECT 'claims', claim_id, statement FROM claims
UNION ALL SELECT 'peer_codings', coding_id, iso3 || ' in ' || peer || ': ' || coded_status || coalesce(' (' || coded_as || ')', '') FROM peer_codings;
