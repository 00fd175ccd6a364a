-- The projects that have to do with the SCO, each on one line: whose it is, who takes part, its days, what it costs, and how it stands by the
-- newest source found. Those that a source only names beside the SCO (sco_relation unrelated) are left out: they stand in projects.
-- project_id: the project
-- name: its name
-- kind: what kind of project
-- sco_relation: how it stands to the SCO
-- participants: who takes part, each with its roles
-- announced: when it was announced, as exactly as it is known
-- agreed: when it was agreed, as exactly as it is known
-- begun: when work began, as exactly as it is known
-- planned: when it was to be completed, by its first plan found, as exactly as it is known
-- completed: when it was completed, opened or in force, as exactly as it is known
-- project_status: how it stands
-- status_as_of: on which day
-- money: every sum, with its kind and its day
-- size: lengths and capacities, with their kind and their day
-- contested: true if sources disagree on the project or on one of its figures
-- note: what a user must know
-- source_id: the source that the row rests on
CREATE VIEW sco_projects AS
WITH roles AS (
    SELECT project_id, actor_id, string_agg(role, ', ' ORDER BY role) AS roles FROM project_participants GROUP BY ALL
), parties AS (
    SELECT project_id, string_agg(actor_id || ' (' || roles || ')', '; ' ORDER BY actor_id) AS participants FROM roles GROUP BY ALL
), sums AS (
    SELECT project_id, string_agg(said, '; ' ORDER BY as_of, figure_id) FILTER (is_money) AS money, string_agg(said, '; ' ORDER BY as_of, figure_id) FILTER (NOT is_money) AS size,
           bool_or(contested) AS contested
    FROM project_figures
    GROUP BY ALL
)
SELECT p.project_id, p.name, p.kind, p.sco_relation, r.participants,
       left(CAST(p.announced_date AS VARCHAR), CASE p.announced_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS announced,
       left(CAST(p.agreed_date AS VARCHAR), CASE p.agreed_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS agreed,
       left(CAST(p.begun_date AS VARCHAR), CASE p.begun_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS begun,
       left(CAST(p.planned_completion AS VARCHAR), CASE p.planned_completion_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS planned,
       left(CAST(p.completed_date AS VARCHAR), CASE p.completed_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END) AS completed,
       p.project_status, p.status_as_of, s.money, s.size, p.contested OR coalesce(s.contested, false) AS contested, p.note, p.source_id
FROM projects p
LEFT JOIN parties r ON r.project_id = p.project_id
LEFT JOIN sums s ON s.project_id = p.project_id
WHERE p.sco_relation <> 'unrelated'
ORDER BY p.project_id;
