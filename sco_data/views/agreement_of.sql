-- Table macro agreement_of(amendments := false, paragraphs := false): how far each pair of states voted alike in the General Assembly, by year; vote_agreement is
-- the same without amendment and paragraph votes. Identical votes are those of the same kind. Similarity takes abstention as half-way between yes and no:
-- s = 1 - |a - b| / 2 with yes = 1, abstention = 0, no = -1, its mean over the joint votes (Lijphart, "The Analysis of Bloc Voting in the General Assembly",
-- American Political Science Review 57(4), 1963, counts partial agreement so). A vote of a contested seat is counted: see contested_seats.
-- iso3_1: one state
-- iso3_2: the other, later in the alphabet
-- year: the year
-- joint: roll calls in which both voted yes, no or abstained
-- roll_calls: roll calls of the year that are counted
-- identical: roll calls in which they voted the same
-- agreement: identical as a share of joint, 0 to 1
-- similarity: mean of 1 - |a - b| / 2, 0 to 1
-- contested_seats: joint roll calls in which one of the seats was contested
CREATE MACRO agreement_of(amendments := false, paragraphs := false) AS TABLE
WITH cast_votes AS MATERIALIZED (
    FROM counted_votes(amendments := amendments, paragraphs := paragraphs)
), calls AS (
    SELECT year, count(DISTINCT roll_call_id) AS roll_calls FROM cast_votes GROUP BY year
)
SELECT a.iso3 AS iso3_1, b.iso3 AS iso3_2, a.year, count(*) AS joint, any_value(c.roll_calls) AS roll_calls,
       count(*) FILTER (a.score = b.score) AS identical,
       count(*) FILTER (a.score = b.score) / count(*) AS agreement,
       avg(1 - abs(a.score - b.score) / 2) AS similarity,
       count(*) FILTER (a.seat_contested OR b.seat_contested) AS contested_seats
FROM cast_votes a
JOIN cast_votes b ON b.roll_call_id = a.roll_call_id AND b.iso3 > a.iso3
JOIN calls c ON c.year = a.year
GROUP BY a.iso3, b.iso3, a.year
ORDER BY iso3_1, iso3_2, a.year;
