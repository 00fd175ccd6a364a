-- Table macro panel(first_year, last_year, universe := 'cow', rule := 'dec31'): the state-year panel, with states that never had a status.
-- The universe is 'cow' or 'gw' (the states of that list in that year), 'all' (either list, or a member of the United Nations that neither
-- has), or 'sco' (the states that hold or have held a status). The rule takes the status on 31 December ('dec31') or 1 January ('jan1'), or
-- every status held in the year ('any').
-- iso3: the state
-- ccode: COW code
-- gwcode: Gleditsch-Ward code
-- year: the year
-- name: United Nations short name
-- status (codes status_of_year): the status by the rule, 'none' if none
-- member: true if a full member by the rule
-- observer: true if an observer by the rule
-- dialogue_partner: true if a dialogue partner by the rule
-- partner: true if a partner by the rule
-- shanghai_five: true if in the Shanghai Five by the rule
-- member_since: first day of the membership
-- first_member_year: year in which membership began, also in the years before it
-- days_member: days of the year as a member
-- days_observer: days as an observer
-- days_dialogue_partner: days as a dialogue partner
-- days_partner: days as a partner
-- days_shanghai_five: days in the Shanghai Five
CREATE MACRO panel(first_year, last_year, universe := 'cow', rule := 'dec31') AS TABLE
WITH ruled AS (
    SELECT *,
           CASE rule WHEN 'dec31' THEN status_dec31 WHEN 'jan1' THEN status_jan1 WHEN 'any' THEN status_any
                     ELSE error('no such rule: write dec31, jan1 or any') END AS status,
           CASE universe WHEN 'cow' THEN in_cow WHEN 'gw' THEN in_gw WHEN 'all' THEN true WHEN 'sco' THEN iso3 IN (SELECT iso3 FROM members)
                         ELSE error('no such universe: write cow, gw, all or sco') END AS chosen
    FROM country_years
    WHERE year BETWEEN first_year AND last_year
), since AS (
    SELECT r.iso3, r.year, max(s.start_date) AS member_since
    FROM ruled r
    JOIN spells s ON s.iso3 = r.iso3 AND s.status = 'member'
                 AND s.start_date <= make_date(r.year, CASE rule WHEN 'jan1' THEN 1 ELSE 12 END, CASE rule WHEN 'jan1' THEN 1 ELSE 31 END)
    GROUP BY ALL
)
SELECT r.iso3, r.ccode, r.gwcode, r.year, r.name, r.status,
       list_contains(string_split(r.status, '|'), 'member') AS member,
       list_contains(string_split(r.status, '|'), 'observer') AS observer,
       list_contains(string_split(r.status, '|'), 'dialogue_partner') AS dialogue_partner,
       list_contains(string_split(r.status, '|'), 'partner') AS partner,
       list_contains(string_split(r.status, '|'), 'shanghai_five') AS shanghai_five,
       CASE WHEN list_contains(string_split(r.status, '|'), 'member') THEN s.member_since END AS member_since,
       r.first_member_year, r.days_member, r.days_observer, r.days_dialogue_partner, r.days_partner, r.days_shanghai_five
FROM ruled r
LEFT JOIN since s ON s.iso3 = r.iso3 AND s.year = r.year
WHERE r.chosen
ORDER BY r.iso3, r.year;
