-- Table macro cohesion_of(amendments := false, paragraphs := false): how united groups of states voted in the General Assembly, by year; the view cohesion is the same
-- without amendment and paragraph votes. The Agreement Index of a group in one roll call is (max(Y, N, A) - (Y + N + A - max(Y, N, A)) / 2) / (Y + N + A): 1 if all vote alike, 0 if they
-- fall into three equal parts (Hix, Noury and Roland, "Power to the Parties: Cohesion and Competition in the European Parliament, 1979-2001", British Journal of
-- Political Science 35(2), 2005). The value is its mean over the roll calls in which at least two of the group voted. The whole Assembly's is computed from the totals.
-- group_name: members and all_statuses as of the day of the vote, founding_six (constant), assembly (all states)
-- year: the year
-- agreement_index: mean Agreement Index, 0 to 1
-- roll_calls: roll calls counted
-- states: mean number of the group's states that voted
CREATE MACRO cohesion_of(amendments := false, paragraphs := false) AS TABLE
WITH cast_votes AS MATERIALIZED (
    FROM counted_votes(amendments := amendments, paragraphs := paragraphs)
), grouped AS (
    SELECT 'members' AS group_name, v.* FROM cast_votes v
    JOIN spells s ON s.iso3 = v.iso3 AND s.status = 'member' AND s.start_date <= v.vote_on AND (s.end_date IS NULL OR s.end_date > v.vote_on)
    UNION ALL
    SELECT 'all_statuses', v.* FROM cast_votes v
    JOIN spells s ON s.iso3 = v.iso3 AND s.status <> 'shanghai_five' AND s.start_date <= v.vote_on AND (s.end_date IS NULL OR s.end_date > v.vote_on)
    UNION ALL
    SELECT 'founding_six', v.* FROM cast_votes v JOIN members m ON m.iso3 = v.iso3 AND m.founding_member
), tallied AS (
    SELECT group_name, roll_call_id, year, count(*) FILTER (score = 1) AS yes, count(*) FILTER (score = -1) AS no, count(*) FILTER (score = 0) AS abstain
    FROM grouped
    GROUP BY ALL
    UNION ALL
    SELECT 'assembly', r.roll_call_id, CAST(year(r.vote_on) AS BIGINT), r.yes, r.no, r.abstain
    FROM roll_calls r
    WHERE r.coverage = 'complete_session' AND (amendments OR NOT r.is_amendment) AND (paragraphs OR NOT r.is_paragraph)
), indexed AS (
    SELECT group_name, year, yes + no + abstain AS votes, greatest(yes, no, abstain) AS most, (most - (votes - most) / 2) / votes AS one_index
    FROM tallied
    WHERE yes + no + abstain >= 2
)
SELECT group_name, year, avg(one_index) AS agreement_index, count(*) AS roll_calls, avg(votes) AS states
FROM indexed
GROUP BY group_name, year
ORDER BY group_name, year;
