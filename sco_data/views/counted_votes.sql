-- Table macro counted_votes(amendments := false, paragraphs := false): the votes that agreement and cohesion are counted over: yes, no and abstention in roll
-- calls of complete sessions, without those that are not on the text as a whole (amendments, motions, second copies) and those on single paragraphs, unless asked for.
-- roll_call_id: the roll call
-- year: the year of the vote
-- vote_on: its day
-- iso3: the state
-- score: 1 yes, 0 abstention, -1 no
-- seat_contested: true if an authority that no longer governed at home held the seat
CREATE MACRO counted_votes(amendments := false, paragraphs := false) AS TABLE
SELECT r.roll_call_id, CAST(year(r.vote_on) AS BIGINT) AS year, r.vote_on, v.iso3, CASE v.vote WHEN 'yes' THEN 1 WHEN 'no' THEN -1 ELSE 0 END AS score, v.seat_contested
FROM roll_calls r
JOIN roll_call_votes v ON v.roll_call_id = r.roll_call_id
WHERE r.coverage = 'complete_session' AND (amendments OR NOT r.is_amendment) AND (paragraphs OR NOT r.is_paragraph) AND v.vote <> 'non_voting';
