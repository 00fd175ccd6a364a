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
WITH newest AS (
    SELECT indicator, max(vintage) AS vintage FROM economic_figures WHERE vintage IS NOT NULL GROUP BY indicator
), series AS (
    SELECT f.subject_id, CAST(year(f.first_day) AS BIGINT) AS year, f.indicator, f.value, f.unit, f.vintage, f.source_id
    FROM economic_figures f
    JOIN newest n ON n.indicator = f.indicator AND n.vintage = f.vintage
)
FROM series
UNION ALL
SELECT p.subject_id, p.year, 'gdp_ppp', p.value * g.value / h.value, 'intl_dollar', p.vintage, p.source_id
FROM series p
JOIN series g ON g.subject_id = p.subject_id AND g.year = p.year AND g.indicator = 'gdp_current' AND g.vintage = p.vintage
JOIN series h ON h.subject_id = p.subject_id AND h.year = p.year AND h.indicator = 'gdp_per_capita' AND h.vintage = p.vintage
WHERE p.indicator = 'gdp_per_capita_ppp'
UNION ALL
SELECT e.subject_id, e.year, 'goods_trade', e.value + i.value, e.unit, e.vintage, e.source_id
FROM series e
JOIN series i ON i.subject_id = e.subject_id AND i.year = e.year AND i.indicator = 'goods_imports' AND i.vintage = e.vintage
WHERE e.indicator = 'goods_exports'
ORDER BY ALL;
