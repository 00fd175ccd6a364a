-- Each claim beside a figure of the same indicator for the same group and year from another source, and whether the claim
-- holds within its tolerance. Without such a figure it cannot be tested; series by state and group are not in yet.
-- claim_id: the claim
-- statement: the claim in own words
-- scope: the group that it speaks of
-- indicator: what it measures
-- as_of: the day for which it is made
-- stated_value: the value claimed
-- unit: its unit
-- tolerance: how far a figure may lie from it
-- figure_id: the figure that tests it
-- found_value: the value of that figure
-- verdict: holds, off, cannot_be_tested
CREATE VIEW claim_checks AS
SELECT c.claim_id, c.statement, c.scope, c.indicator, c.as_of, c.stated_value, c.unit, c.tolerance, f.figure_id, f.value AS found_value,
       CASE WHEN f.value IS NULL OR c.tolerance IS NULL THEN 'cannot_be_tested'
            WHEN abs(f.value - c.stated_value) <= c.tolerance THEN 'holds'
            ELSE 'off' END AS verdict
FROM claims c
LEFT JOIN economic_figures f
  ON f.indicator = c.indicator AND f.subject_id = c.scope AND f.unit = c.unit AND f.source_id <> c.source_id
 AND f.value_kind IN ('observed', 'estimate') AND f.epistemic NOT IN ('interpretation', 'forecast')
 AND year(coalesce(f.as_of, f.last_day)) = year(c.as_of)
ORDER BY c.claim_id, f.figure_id;
