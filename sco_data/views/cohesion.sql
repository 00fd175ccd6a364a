-- How united the members, all states with a status, the founding six and the whole Assembly voted in the General Assembly, by year, over complete sessions,
-- without votes on amendments, motions and single paragraphs: the Agreement Index (max(Y, N, A) - (Y + N + A - max(Y, N, A)) / 2) / (Y + N + A), its mean over roll calls (Hix, Noury and Roland,
-- British Journal of Political Science 35(2), 2005). For the others too: cohesion_of(amendments := true, paragraphs := true).
-- group_name: members and all_statuses as of the day of the vote, founding_six (constant), assembly (all states)
-- year: the year
-- agreement_index: mean Agreement Index, 0 to 1
-- roll_calls: roll calls counted
-- states: mean number of the group's states that voted
CREATE VIEW cohesion AS
FROM cohesion_of();
