-- Each claim beside what the figures give for the group that it speaks of and for every other definition of the group, and whether it holds within
-- its tolerance: enough to correct a sentence in a newspaper. The numbers behind each cell are in claim_computations.
-- claim_id: the claim
-- statement: the claim in own words
-- scope: the group that it speaks of
-- indicator: what it measures
-- as_of: the day for which it is made
-- stated_value: the value claimed
-- unit: its unit
-- tolerance: how far the value computed may lie from it
-- figure_year: year of the figures that test it
-- computed: the value computed for the group that it speaks of
-- members: for the members on that day
-- members_observers: for members and observers on that day
-- all_statuses: for all states with a status on that day
-- founding_six: for the six founders
-- current_ten: for the members on the last day of coverage
-- verdict: holds; holds_for_other_group; off; cannot_be_tested
-- reason: the verdict in one line
-- source_id: the source of the claim
CREATE VIEW claim_checks AS
WITH shown AS (
    SELECT *,
           CASE WHEN computed >= 1e12 THEN printf('%.2f trillion', computed / 1e12)
                WHEN computed >= 1e9 THEN printf('%.2f billion', computed / 1e9)
                WHEN computed >= 1e6 THEN printf('%.2f million', computed / 1e6)
                ELSE printf('%.1f', computed) END AS text,
           replace(group_name, '_', ' ') AS words
    FROM claim_computations
), folded AS (
    SELECT claim_id, max(figure_year) FILTER (as_claimed AND basis_claimed) AS figure_year,
           max(computed) FILTER (as_claimed AND basis_claimed) AS computed,
           bool_or(within) FILTER (as_claimed AND basis_claimed) AS holds,
           max(text || ' for ' || words || ' in ' || figure_year || ', ' || states_with_data || ' of ' || states || ' states' || coalesce(' (without ' || replace(lacking, '|', ', ') || ')', '')) FILTER (as_claimed AND basis_claimed) AS said,
           string_agg(words || ' (' || text || ')', ', ' ORDER BY group_name) FILTER (within AND NOT as_claimed AND basis_claimed AND group_name <> 'current_ten') AS others,
           max(text || ' in ' || figure_year || ', ' || states_with_data || ' of ' || states || ' states' || CASE WHEN within THEN ', which would hold' ELSE '' END) FILTER (as_claimed AND NOT basis_claimed) AS other_basis,
           max(basis) FILTER (as_claimed AND NOT basis_claimed) AS other_basis_name,
           max(computed) FILTER (group_name = 'members' AND basis_claimed) AS members,
           max(computed) FILTER (group_name = 'members_observers' AND basis_claimed) AS members_observers,
           max(computed) FILTER (group_name = 'all_statuses' AND basis_claimed) AS all_statuses,
           max(computed) FILTER (group_name = 'founding_six' AND basis_claimed) AS founding_six,
           max(computed) FILTER (group_name = 'current_ten' AND basis_claimed) AS current_ten
    FROM shown
    GROUP BY claim_id
)
SELECT c.claim_id, c.statement, c.scope, c.indicator, c.as_of, c.stated_value, c.unit, c.tolerance, f.figure_year, f.computed,
       f.members, f.members_observers, f.all_statuses, f.founding_six, f.current_ten,
       CASE WHEN f.computed IS NULL OR c.tolerance IS NULL THEN 'cannot_be_tested'
            WHEN f.holds THEN 'holds'
            WHEN f.others IS NOT NULL THEN 'holds_for_other_group'
            ELSE 'off' END AS verdict,
       CASE WHEN f.computed IS NULL AND c.scope NOT IN ('world', 'sco', 'sco-members-observers', 'sco-all-statuses') AND c.scope NOT IN (SELECT group_id FROM group_members)
                 AND c.indicator IN (SELECT indicator FROM claims JOIN claim_computations USING (claim_id)) THEN 'its source does not say which states are meant'
            WHEN c.indicator = 'rank_among_regional_organisations' THEN 'it compares with other organisations, whose members have no series here'
            WHEN f.computed IS NULL AND c.indicator IN (SELECT indicator FROM claims JOIN claim_computations USING (claim_id)) THEN 'no figures of that year or before'
            WHEN f.computed IS NULL THEN 'no openly licensed series measures it for the states needed'
            WHEN c.tolerance IS NULL THEN 'no tolerance was decided'
            ELSE f.said || CASE WHEN NOT f.holds AND f.others IS NOT NULL THEN '; it would hold for ' || f.others ELSE '' END
                 || coalesce('; ' || CASE f.other_basis_name WHEN 'ppp' THEN 'by purchasing power parity ' ELSE 'at exchange rates ' END || f.other_basis, '') END AS reason,
       c.source_id
FROM claims c
LEFT JOIN folded f ON f.claim_id = c.claim_id
ORDER BY c.claim_id;
