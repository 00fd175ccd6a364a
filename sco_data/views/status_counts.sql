-- How many states held each status, from each day on which a count changed.
-- day: a day on which some status began or ended
-- members: full members from that day
-- observers: observers from that day
-- dialogue_partners: dialogue partners from that day
-- partners: partners from that day
-- shanghai_five: states in the Shanghai Five from that day
CREATE VIEW status_counts AS
WITH days AS (
    SELECT start_date AS day FROM spells
    UNION
    SELECT end_date FROM spells WHERE end_date IS NOT NULL
)
SELECT d.day,
       count(*) FILTER (s.status = 'member') AS members,
       count(*) FILTER (s.status = 'observer') AS observers,
       count(*) FILTER (s.status = 'dialogue_partner') AS dialogue_partners,
       count(*) FILTER (s.status = 'partner') AS partners,
       count(*) FILTER (s.status = 'shanghai_five') AS shanghai_five
FROM days d
LEFT JOIN spells s ON s.start_date <= d.day AND (s.end_date IS NULL OR s.end_date > d.day)
WHERE d.day <= (SELECT last_day FROM coverage WHERE table_name = 'statuses')
GROUP BY d.day
ORDER BY d.day;
