-- Every series of indicators by state (or the world) and year, newest vintage only, with merchandise trade and GDP by purchasing power parity computed:
-- GDP per head by purchasing power parity, times the population that the provider divided by, which is GDP over GDP per head. For the Russian Federation
-- that is since 2014 not the population of population_total: see the territorial scope in indicators. A year without a figure has no row.
-- subject_id: the state, or world
-- year: the year
-- indicator: what is measured
-- value: the value
-- unit: its unit
-- vintage: edition of the provider's data
-- source_id: the source
CREATE VIEW country_series AS
WITH given AS (
    SELECT subject_id, CAST(year(first_day) AS BIGINT) AS year, indicator, value, unit, vintage, source_id
    FROM economic_figures
    WHERE vintage IS NOT NULL
), computed AS (
    -- Of one vintage each: editions revise, and are not mixed in one number.
    SELECT p.subject_id, p.year, 'gdp_ppp' AS indicator, p.value * g.value / h.value AS value, 'intl_dollar' AS unit, p.vintage, p.source_id
    FROM given p
    JOIN given g ON g.subject_id = p.subject_id AND g.year = p.year AND g.indicator = 'gdp_current' AND g.vintage = p.vintage
    JOIN given h ON h.subject_id = p.subject_id AND h.year = p.year AND h.indicator = 'gdp_per_capita' AND h.vintage = p.vintage
    WHERE p.indicator = 'gdp_per_capita_ppp'
    UNION ALL
    SELECT e.subject_id, e.year, 'goods_trade', e.value + i.value, e.unit, e.vintage, e.source_id
    FROM given e
    JOIN given i ON i.subject_id = e.subject_id AND i.year = e.year AND i.indicator = 'goods_imports' AND i.vintage = e.vintage
    WHERE e.indicator = 'goods_exports'
), every AS (
    FROM given UNION ALL FROM computed
), newest AS (
    SELECT indicator, max(vintage) AS vintage FROM every GROUP BY indicator
)
SELECT e.*
FROM every e
JOIN newest n ON n.indicator = e.indicator AND n.vintage = e.vintage
ORDER BY ALL;
