-- How each state of the family voted on the roll calls that were selected for their case (Crimea, Ukraine, Gaza, co-operation with the SCO), and which status it
-- held that day. They are no sample of anything: agreement and cohesion are counted over complete sessions only.
-- roll_call_id: the roll call
-- symbol: symbol of the resolution
-- vote_on: day of the vote
-- case_id: the case
-- title: its subject
-- iso3: the state
-- name: its name
-- status: its status in the SCO that day; none; blank after the end of coverage
-- vote: yes, no, abstain, non_voting
-- seat_contested: true if an authority that no longer governed at home held the seat
-- yes: states in favour, of the whole Assembly
-- no: states against
-- abstain: states that abstained
-- source_id: the source of the vote
CREATE VIEW key_votes AS
SELECT r.roll_call_id, r.symbol, r.vote_on, r.case_id, r.title, v.iso3, a.name,
       CASE WHEN r.vote_on BETWEEN c.first_day AND c.last_day THEN coalesce(s.status, 'none') END AS status,
       v.vote, v.seat_contested, r.yes, r.no, r.abstain, v.source_id
FROM roll_calls r
JOIN roll_call_votes v ON v.roll_call_id = r.roll_call_id
JOIN actors a ON a.actor_id = v.iso3
JOIN coverage c ON c.table_name = 'statuses'
LEFT JOIN spells s ON s.iso3 = v.iso3 AND s.status <> 'shanghai_five' AND s.start_date <= r.vote_on AND (s.end_date IS NULL OR s.end_date > r.vote_on)
WHERE r.case_id IS NOT NULL
ORDER BY r.vote_on, r.roll_call_id, v.iso3;
