-- State-years coded as Correlates of War (IGO v3) codes membership, beside what it has, and continued to the end of coverage: 1 full
-- member, 3 observer, 0 no member, -1 the organisation or the state not in being. As there, the Shanghai Five count as 1 from 1996. A
-- dialogue partner or partner is 0: the associate membership of that dataset (2) has no counterpart in the SCO. By the status on 31 December.
-- ccode: COW code
-- year: the year
-- iso3: the state
-- sco: the code by this dataset's statuses
-- cow_sco: the code that COW IGO v3 itself has (ionum 4115); blank after 2014, where it ends, and for states that it does not have
-- status (codes status_of_year): the status on 31 December in this dataset
-- extends_cow: true after 2014, where COW IGO v3 ends
CREATE VIEW cow_igo_compat AS
WITH cow AS (
    SELECT iso3, coded_as, year(first_day) AS first_year, year(last_day) AS last_year FROM peer_codings WHERE peer = 'cow_igo_v3'
), era AS (
    SELECT min(first_year) AS first_year, max(last_year) AS last_year FROM cow
)
SELECT y.ccode, y.year, y.iso3,
       CASE WHEN NOT y.in_cow OR y.year < e.first_year THEN -1
            WHEN y.status_dec31 IN ('member', 'shanghai_five') THEN 1
            WHEN y.status_dec31 = 'observer' THEN 3
            WHEN y.status_dec31 IS NOT NULL THEN 0 END AS sco,
       -- States that never had a status have no row in peer_codings: COW codes every one of them 0.
       CASE WHEN NOT y.in_cow OR y.year > e.last_year THEN NULL
            WHEN y.year < e.first_year THEN -1
            ELSE coalesce(CAST(c.coded_as AS INTEGER), 0) END AS cow_sco,
       y.status_dec31 AS status,
       y.year > e.last_year AS extends_cow
FROM country_years y
CROSS JOIN era e
LEFT JOIN cow c ON c.iso3 = y.iso3 AND y.year BETWEEN c.first_year AND c.last_year
WHERE y.ccode IS NOT NULL
ORDER BY y.ccode, y.year;
