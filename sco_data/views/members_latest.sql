-- The full members on the last day of coverage.
-- iso3: the state
-- name: United Nations short name
-- since: first day of membership
-- founding_member: true for the six of 15 June 2001
-- as_of: last day of coverage, for which the answer holds
CREATE VIEW members_latest AS
SELECT m.iso3, m.name, m.latest_status_since AS since, m.founding_member, c.last_day AS as_of
FROM members m
JOIN coverage c ON c.table_name = 'statuses'
WHERE m.latest_status = 'member'
ORDER BY since, m.iso3;
