-- Each claim that series can test, computed for each definition of the group on the day of the claim, on the basis claimed and, for shares of
-- GDP, on the other one too. A state without a figure is left out of the sum and named. The figures are those of the year of the claim, or of the newest
-- year before it that has them.
-- claim_id: the claim
-- group_name: members, members_observers, all_statuses (as of the day of the claim), founding_six, current_ten (constant), world, or the group that the source names
-- as_claimed: true for the group that the claim speaks of
-- basis: nominal or ppp, for GDP; blank for others
-- basis_claimed: true if the claim is read on this basis: one that names none is read as nominal
-- figure_year: year of the figures
-- computed: the value computed, in the unit of the claim
-- states: states in the group
-- states_with_data: how many of them have a figure
-- lacking: ISO codes of those that have none
-- within: true if the value computed lies within the claim's tolerance
CREATE VIEW claim_computations AS
WITH tests(indicator, series, measure, basis, basis_claimed) AS (
    VALUES ('gdp', 'gdp_current', 'total', 'nominal', true),
           ('gdp', 'gdp_ppp', 'total', 'ppp', false),
           ('gdp_share', 'gdp_current', 'share', 'nominal', true),
           ('gdp_share', 'gdp_ppp', 'share', 'ppp', false),
           ('gdp_share_ppp', 'gdp_ppp', 'share', 'ppp', true),
           ('gdp_share_ppp', 'gdp_current', 'share', 'nominal', false),
           ('gdp_growth_total', 'gdp_current', 'growth', 'nominal', true),
           ('population', 'population_total', 'total', NULL, true),
           ('population_share', 'population_total', 'share', NULL, true),
           ('land_area_total', 'surface_area', 'total', NULL, true),
           ('land_area_share', 'land_area', 'share', NULL, true),
           ('eurasia_area_share', 'surface_area', 'share_of_eurasia', NULL, true),
           ('trade', 'goods_trade', 'total', NULL, true),
           ('trade_share', 'goods_trade', 'share', NULL, true)
), on_day AS (
    SELECT c.claim_id, s.iso3, s.status, coalesce(s.legal_status, s.status) AS legal
    FROM claims c
    -- Other groups than the SCO's are tested as they are named only.
    -- A claim of a day after the end of coverage is tested with the groups of its last day.
    JOIN coverage v ON v.table_name = 'statuses'
    JOIN spells s ON s.start_date <= least(c.as_of, v.last_day) AND (s.end_date IS NULL OR s.end_date > least(c.as_of, v.last_day)) AND s.status <> 'shanghai_five'
    WHERE c.scope LIKE 'sco%'
), grouped AS (
    SELECT claim_id, 'members' AS group_name, iso3 FROM on_day WHERE status = 'member'
    UNION ALL SELECT claim_id, 'members_observers', iso3 FROM on_day WHERE legal IN ('member', 'observer')
    UNION ALL SELECT claim_id, 'all_statuses', iso3 FROM on_day
    UNION ALL SELECT claim_id, 'founding_six', iso3 FROM claims, members WHERE founding_member AND scope LIKE 'sco%'
    UNION ALL SELECT claim_id, 'current_ten', iso3 FROM claims, members WHERE latest_status = 'member' AND scope LIKE 'sco%'
    UNION ALL SELECT claim_id, 'world', 'world' FROM claims WHERE scope = 'world'
    UNION ALL SELECT c.claim_id, c.scope, g.actor_id
    FROM claims c
    JOIN group_members g ON g.group_id = c.scope AND g.start_date <= c.as_of AND (g.end_date IS NULL OR g.end_date > c.as_of)
    WHERE c.scope NOT IN ('sco', 'sco-members-observers', 'sco-all-statuses')
), tested AS (
    SELECT c.claim_id, c.scope, c.stated_value, c.tolerance, c.first_day, t.*,
           (SELECT max(y.year) FROM country_series y WHERE y.subject_id = 'world' AND y.indicator = t.series AND y.year <= year(c.as_of)) AS figure_year
    FROM claims c
    JOIN tests t ON t.indicator = c.indicator
), summed AS (
    SELECT t.claim_id, g.group_name, t.scope, t.stated_value, t.tolerance, t.basis, t.basis_claimed, t.measure, t.figure_year,
           CAST(sum(CAST(s.value AS DECIMAL(30, 4))) AS DOUBLE) AS total, max(w.value) AS world, max(b.value) AS before,
           count(*) AS states, count(s.value) AS states_with_data, string_agg(g.iso3, '|' ORDER BY g.iso3) FILTER (s.value IS NULL) AS lacking
    FROM tested t
    JOIN grouped g ON g.claim_id = t.claim_id
    LEFT JOIN country_series s ON s.subject_id = g.iso3 AND s.year = t.figure_year AND s.indicator = t.series
    LEFT JOIN country_series w ON w.subject_id = 'world' AND w.year = t.figure_year AND w.indicator = t.series
    LEFT JOIN country_series b ON b.subject_id = g.iso3 AND b.year = year(t.first_day) AND b.indicator = t.series
    GROUP BY ALL
), computed AS (
    SELECT *,
           CASE measure WHEN 'total' THEN total
                        WHEN 'share' THEN 100 * total / world
                        WHEN 'growth' THEN CASE WHEN states = 1 THEN 100 * (total / before - 1) END
                        WHEN 'share_of_eurasia' THEN 100 * total / (SELECT max(value) FROM economic_figures WHERE subject_id = 'eurasia' AND indicator = 'land_area_stated')
           END AS computed
    FROM summed
    WHERE states_with_data > 0
)
SELECT claim_id, group_name,
       group_name = CASE scope WHEN 'sco' THEN 'members' WHEN 'sco-members-observers' THEN 'members_observers' WHEN 'sco-all-statuses' THEN 'all_statuses' ELSE scope END AS as_claimed,
       basis, basis_claimed, figure_year, computed, states, states_with_data, lacking, abs(computed - stated_value) <= tolerance AS within
FROM computed
WHERE computed IS NOT NULL
ORDER BY claim_id, basis_claimed DESC, group_name;
