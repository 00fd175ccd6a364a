-- What the SCO weighs: for each group, year, year rule and indicator that can be summed, the total of the states with a figure, its share of the
-- world's, how many states that is and which lack one. A state without a figure is left out, never counted as zero: where any is lacking, total and share are
-- those of the others. The groups: members as of the year, all_statuses (members, observers and partners of either kind as of the year),
-- founding_six, and current_ten (the members on the last day of coverage, held constant). A group without states in a year has no row.
-- group_name: members, all_statuses, founding_six, current_ten
-- year: the year
-- year_rule: which status makes a state one of the group in that year: on 31 December (dec31), on 1 January (jan1), or on any day; the constant groups are the same by each
-- indicator: what is measured
-- value: total of the states with a figure
-- unit: its unit
-- world_value: the world's, by the same provider
-- share_of_world: value as per cent of world_value
-- states: states in the group
-- states_with_data: how many of them have a figure
-- lacking: ISO codes of those that have none
-- vintage: edition of the provider's data
CREATE VIEW group_years AS
WITH status_years AS (
    SELECT iso3, year, unnest(['dec31', 'jan1', 'any']) AS year_rule, unnest([status_dec31, status_jan1, status_any]) AS held FROM country_years
), grouped AS (
    SELECT 'members' AS group_name, iso3, year, year_rule FROM status_years WHERE list_contains(string_split(held, '|'), 'member')
    UNION ALL
    SELECT 'all_statuses', iso3, year, year_rule FROM status_years
    WHERE list_has_any(string_split(held, '|'), ['member', 'observer', 'dialogue_partner', 'partner'])
    UNION ALL
    SELECT 'founding_six', m.iso3, s.year, s.year_rule FROM members m JOIN status_years s ON s.iso3 = m.iso3 WHERE m.founding_member
    UNION ALL
    SELECT 'current_ten', m.iso3, s.year, s.year_rule FROM members m JOIN status_years s ON s.iso3 = m.iso3 WHERE m.latest_status = 'member'
), summed AS (
    SELECT g.group_name, g.year, g.year_rule, i.indicator, i.unit,
           -- Exact decimals: a sum of floating-point numbers depends on their order.
           CAST(sum(CAST(s.value AS DECIMAL(30, 4))) AS DOUBLE) AS value,
           count(*) AS states, count(s.value) AS states_with_data,
           string_agg(g.iso3, '|' ORDER BY g.iso3) FILTER (s.value IS NULL) AS lacking
    FROM grouped g
    JOIN indicators i ON i.additive
    LEFT JOIN country_series s ON s.subject_id = g.iso3 AND s.year = g.year AND s.indicator = i.indicator
    GROUP BY ALL
)
SELECT t.group_name, t.year, t.year_rule, t.indicator, t.value, t.unit, w.value AS world_value, round(100 * t.value / w.value, 4) AS share_of_world,
       t.states, t.states_with_data, t.lacking, v.vintage
FROM summed t
LEFT JOIN country_series w ON w.subject_id = 'world' AND w.year = t.year AND w.indicator = t.indicator
LEFT JOIN (SELECT indicator, max(vintage) AS vintage FROM country_series GROUP BY indicator) v ON v.indicator = t.indicator
WHERE t.states_with_data > 0
ORDER BY t.group_name, t.year, t.year_rule, t.indicator;
