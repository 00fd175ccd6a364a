-- Table macro pairs(first_year, last_year, universe := 'cow', rule := 'dec31', directed := false): the pair-years in which at least one of the
-- two states has a status (the Shanghai Five too), with the statuses of both. Universe and rule are as in panel. Undirected pairs come once, the
-- lower code first (COW or Gleditsch-Ward code by the universe, otherwise ISO3); directed pairs come in both orders.
-- year: the year
-- iso3_1: the first state
-- iso3_2: the second state
-- ccode1: COW code of the first
-- ccode2: COW code of the second
-- gwcode1: Gleditsch-Ward code of the first
-- gwcode2: Gleditsch-Ward code of the second
-- status1 (codes status_of_year): status of the first by the rule
-- status2 (codes status_of_year): status of the second by the rule
-- joint_members: true if both are full members by the rule
-- joint_members_since: the day from which both were
CREATE MACRO pairs(first_year, last_year, universe := 'cow', rule := 'dec31', directed := false) AS TABLE
WITH states AS (
    SELECT *, CASE universe WHEN 'cow' THEN lpad(CAST(ccode AS VARCHAR), 4, '0') WHEN 'gw' THEN lpad(CAST(gwcode AS VARCHAR), 4, '0') ELSE iso3 END AS place
    FROM panel(first_year, last_year, universe := universe, rule := rule)
)
SELECT a.year, a.iso3 AS iso3_1, b.iso3 AS iso3_2, a.ccode AS ccode1, b.ccode AS ccode2, a.gwcode AS gwcode1, b.gwcode AS gwcode2,
       a.status AS status1, b.status AS status2,
       a.member AND b.member AS joint_members,
       CASE WHEN a.member AND b.member THEN greatest(a.member_since, b.member_since) END AS joint_members_since
FROM states a
JOIN states b ON b.year = a.year AND (a.place < b.place OR (directed AND a.place > b.place))
WHERE a.status <> 'none' OR b.status <> 'none'
ORDER BY a.year, a.place, b.place;
