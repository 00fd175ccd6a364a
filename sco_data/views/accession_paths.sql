-- For each state and each status that was granted, or whose procedure was opened, the day of each step and the days between
-- the opening of the procedure and the grant. A step known only to the month or year gives no count of days.
-- iso3: the state
-- name: United Nations short name
-- status: the status sought
-- applied_on: day on which the application was filed (first, where filed twice)
-- applied_on_precision: how exactly it is known
-- procedure_opened_on: day on which the procedure was opened
-- procedure_opened_on_precision: how exactly it is known
-- memorandum_signed_on: day on which the memorandum was signed
-- memorandum_signed_on_precision: how exactly it is known
-- granted_on: day of the grant
-- granted_on_precision: how exactly it is known
-- days_opened_to_granted: days from the opening of the procedure to the grant
-- days_granted_to_memorandum: days from the grant to the memorandum (negative for members, who sign first)
CREATE VIEW accession_paths AS
WITH steps AS (
    SELECT iso3, status_sought,
           min(step_on) FILTER (step = 'application_filed') AS applied_on,
           arg_min(step_on_precision, step_on) FILTER (step = 'application_filed') AS applied_on_precision,
           min(step_on) FILTER (step = 'procedure_opened') AS procedure_opened_on,
           arg_min(step_on_precision, step_on) FILTER (step = 'procedure_opened') AS procedure_opened_on_precision,
           min(step_on) FILTER (step = 'memorandum_signed') AS memorandum_signed_on,
           arg_min(step_on_precision, step_on) FILTER (step = 'memorandum_signed') AS memorandum_signed_on_precision,
           min(step_on) FILTER (step = 'granted') AS granted_on,
           arg_min(step_on_precision, step_on) FILTER (step = 'granted') AS granted_on_precision
    FROM status_steps
    WHERE step <> 'founded'
    GROUP BY iso3, status_sought
)
SELECT p.iso3, a.name, p.status_sought AS status, applied_on, applied_on_precision, procedure_opened_on, procedure_opened_on_precision,
       memorandum_signed_on, memorandum_signed_on_precision, granted_on, granted_on_precision,
       CASE WHEN procedure_opened_on_precision = 'day' AND granted_on_precision = 'day'
            THEN date_diff('day', procedure_opened_on, granted_on) END AS days_opened_to_granted,
       CASE WHEN memorandum_signed_on_precision = 'day' AND granted_on_precision = 'day'
            THEN date_diff('day', granted_on, memorandum_signed_on) END AS days_granted_to_memorandum
FROM steps p
JOIN actors a ON a.actor_id = p.iso3
WHERE granted_on IS NOT NULL OR procedure_opened_on IS NOT NULL
ORDER BY granted_on NULLS LAST, p.iso3;
