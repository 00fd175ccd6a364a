-- Every state of the system by year from 1992 to the year in which coverage ends, with its status by each year rule.
-- Inside coverage a state without status has 'none'; a day after the end of coverage gives a blank.
-- iso3: the state
-- year: the year
-- name: United Nations short name
-- ccode: COW code
-- gwcode: Gleditsch-Ward code
-- in_cow: true if the COW state system (v2024, to 2024; later years as its last) has it on 31 December
-- in_gw: true if the Gleditsch-Ward list (to 2020; later years as its last) has it on 31 December
-- status_jan1 (codes status_of_year): status on 1 January
-- status_dec31 (codes status_of_year): status on 31 December
-- legal_status_dec31: status under charter and memorandum on 31 December, where the political one differs
-- status_any: every status held in the year, in the order held
-- days_member: days as a member
-- days_observer: days as an observer
-- days_dialogue_partner: days as a dialogue partner
-- days_partner: days as a partner
-- days_shanghai_five: days in the Shanghai Five
-- first_member_year: year in which membership began
-- days_exact: false if a status of the year began or ended on a day known only to the month or year
-- gdp_current: GDP, current prices, US dollars; newest vintage; blank without a figure
-- gdp_ppp: GDP, PPP, international dollars; newest vintage; blank without a figure
-- gdp_growth: GDP growth, per cent; newest vintage; blank without a figure
-- gdp_per_capita: GDP per capita, US dollars; newest vintage; blank without a figure
-- gdp_per_capita_ppp: GDP per capita, PPP, international dollars; newest vintage; blank without a figure
-- gni_ppp: Gross national income, PPP, international dollars; newest vintage; blank without a figure
-- ppp_factor: PPP conversion factor, local currency per international dollar; newest vintage; blank without a figure
-- population_total: Population, persons; newest vintage; blank without a figure
-- goods_exports: Merchandise exports, US dollars; newest vintage; blank without a figure
-- goods_imports: Merchandise imports, US dollars; newest vintage; blank without a figure
-- goods_trade: Merchandise trade, US dollars; newest vintage; blank without a figure
-- fdi_inflow: Foreign direct investment, net inflow, US dollars; newest vintage; blank without a figure
-- inflation: Inflation, per cent; newest vintage; blank without a figure
-- exports_to_gdp: Exports to GDP, per cent of GDP; newest vintage; blank without a figure
-- imports_to_gdp: Imports to GDP, per cent of GDP; newest vintage; blank without a figure
-- reserves: Reserves, US dollars; newest vintage; blank without a figure
-- remittances: Remittances received, US dollars; newest vintage; blank without a figure
-- external_debt: External debt, US dollars; newest vintage; blank without a figure
-- fuel_exports_share: Fuels in merchandise exports, per cent; newest vintage; blank without a figure
-- land_area: Land area, square kilometres; newest vintage; blank without a figure
-- surface_area: Surface area, square kilometres; newest vintage; blank without a figure
-- votes_yes: roll calls of the General Assembly that are here and in which the state voted in favour
-- votes_no: and against
-- votes_abstain: and abstained
-- votes_non_voting: and cast no vote; blank, as the others, for a state or year without any vote here
CREATE VIEW country_years AS
WITH cover AS (
    SELECT first_day, last_day FROM coverage WHERE table_name = 'statuses'
), years AS (
    SELECT year, make_date(year, 1, 1) AS jan1, make_date(year, 12, 31) AS dec31
    FROM cover, generate_series(1992, CAST(year(last_day) AS BIGINT)) AS t(year)
), grid AS (
    SELECT a.iso3, a.name, a.ccode, a.gwcode, y.*,
           coalesce(a.cow_first_day <= y.dec31 AND (a.cow_last_day IS NULL OR a.cow_last_day >= y.dec31), false) AS in_cow,
           coalesce(a.gw_first_day <= y.dec31 AND (a.gw_last_day IS NULL OR a.gw_last_day >= y.dec31), false) AS in_gw
    FROM actors a
    CROSS JOIN years y
    WHERE a.iso3 IS NOT NULL
      -- A member of the United Nations that neither list ever had is kept too.
      AND (in_cow OR in_gw OR (a.un_member_since <= y.dec31 AND a.cow_first_day IS NULL AND a.gw_first_day IS NULL))
), held AS (
    SELECT g.iso3, g.year, s.status, s.legal_status,
           (s.start_date < g.jan1 OR s.start_date_precision = 'day') AND (s.end_date IS NULL OR s.end_date > g.dec31 OR s.end_date_precision = 'day') AS exact,
           greatest(s.start_date, g.jan1) AS from_day,
           -- Exclusive; a spell still open runs to the end of coverage.
           least(coalesce(s.end_date, c.last_day + 1), g.dec31 + 1, c.last_day + 1) AS to_day
    FROM grid g
    CROSS JOIN cover c
    JOIN spells s ON s.iso3 = g.iso3
    WHERE from_day < to_day
), summed AS (
    SELECT h.iso3, h.year,
           string_agg(h.status, '|' ORDER BY h.from_day) AS status_any,
           max(h.status) FILTER (h.from_day = g.jan1) AS on_jan1,
           max(h.status) FILTER (h.to_day = g.dec31 + 1) AS on_dec31,
           max(h.legal_status) FILTER (h.to_day = g.dec31 + 1) AS legal_on_dec31,
           bool_and(h.exact) AS days_exact,
           sum(to_day - from_day) FILTER (h.status = 'member') AS days_member,
           sum(to_day - from_day) FILTER (h.status = 'observer') AS days_observer,
           sum(to_day - from_day) FILTER (h.status = 'dialogue_partner') AS days_dialogue_partner,
           sum(to_day - from_day) FILTER (h.status = 'partner') AS days_partner,
           sum(to_day - from_day) FILTER (h.status = 'shanghai_five') AS days_shanghai_five
    FROM held h
    JOIN grid g ON g.iso3 = h.iso3 AND g.year = h.year
    GROUP BY h.iso3, h.year
), first_years AS (
    SELECT iso3, CAST(year(min(start_date)) AS BIGINT) AS first_member_year FROM spells WHERE status = 'member' GROUP BY iso3
), wide AS (
    SELECT subject_id, year,
           max(value) FILTER (indicator = 'gdp_current') AS gdp_current,
           max(value) FILTER (indicator = 'gdp_ppp') AS gdp_ppp,
           max(value) FILTER (indicator = 'gdp_growth') AS gdp_growth,
           max(value) FILTER (indicator = 'gdp_per_capita') AS gdp_per_capita,
           max(value) FILTER (indicator = 'gdp_per_capita_ppp') AS gdp_per_capita_ppp,
           max(value) FILTER (indicator = 'gni_ppp') AS gni_ppp,
           max(value) FILTER (indicator = 'ppp_factor') AS ppp_factor,
           max(value) FILTER (indicator = 'population_total') AS population_total,
           max(value) FILTER (indicator = 'goods_exports') AS goods_exports,
           max(value) FILTER (indicator = 'goods_imports') AS goods_imports,
           max(value) FILTER (indicator = 'goods_trade') AS goods_trade,
           max(value) FILTER (indicator = 'fdi_inflow') AS fdi_inflow,
           max(value) FILTER (indicator = 'inflation') AS inflation,
           max(value) FILTER (indicator = 'exports_to_gdp') AS exports_to_gdp,
           max(value) FILTER (indicator = 'imports_to_gdp') AS imports_to_gdp,
           max(value) FILTER (indicator = 'reserves') AS reserves,
           max(value) FILTER (indicator = 'remittances') AS remittances,
           max(value) FILTER (indicator = 'external_debt') AS external_debt,
           max(value) FILTER (indicator = 'fuel_exports_share') AS fuel_exports_share,
           max(value) FILTER (indicator = 'land_area') AS land_area,
           max(value) FILTER (indicator = 'surface_area') AS surface_area
    FROM country_series
    GROUP BY subject_id, year
), cast_votes AS (
    SELECT v.iso3, year(c.vote_on) AS year,
           count(*) FILTER (v.vote = 'yes') AS votes_yes,
           count(*) FILTER (v.vote = 'no') AS votes_no,
           count(*) FILTER (v.vote = 'abstain') AS votes_abstain,
           count(*) FILTER (v.vote = 'non_voting') AS votes_non_voting
    FROM roll_call_votes v
    JOIN roll_calls c ON c.roll_call_id = v.roll_call_id
    GROUP BY ALL
)
SELECT g.iso3, CAST(g.year AS BIGINT) AS year, g.name, g.ccode, g.gwcode, g.in_cow, g.in_gw,
       CASE WHEN g.jan1 BETWEEN c.first_day AND c.last_day THEN coalesce(s.on_jan1, 'none') END AS status_jan1,
       CASE WHEN g.dec31 BETWEEN c.first_day AND c.last_day THEN coalesce(s.on_dec31, 'none') END AS status_dec31,
       s.legal_on_dec31 AS legal_status_dec31,
       coalesce(s.status_any, CASE WHEN g.jan1 >= c.first_day AND g.dec31 <= c.last_day THEN 'none' END) AS status_any,
       CAST(coalesce(s.days_member, 0) AS BIGINT) AS days_member,
       CAST(coalesce(s.days_observer, 0) AS BIGINT) AS days_observer,
       CAST(coalesce(s.days_dialogue_partner, 0) AS BIGINT) AS days_dialogue_partner,
       CAST(coalesce(s.days_partner, 0) AS BIGINT) AS days_partner,
       CAST(coalesce(s.days_shanghai_five, 0) AS BIGINT) AS days_shanghai_five,
       f.first_member_year,
       coalesce(s.days_exact, true) AS days_exact,
       w.* EXCLUDE (subject_id, year),
       n.* EXCLUDE (iso3, year)
FROM grid g
CROSS JOIN cover c
LEFT JOIN summed s ON s.iso3 = g.iso3 AND s.year = g.year
LEFT JOIN first_years f ON f.iso3 = g.iso3
LEFT JOIN wide w ON w.subject_id = g.iso3 AND w.year = g.year
LEFT JOIN cast_votes n ON n.iso3 = g.iso3 AND n.year = g.year
ORDER BY g.iso3, g.year;
