-- How far each pair of states of the family voted alike in the General Assembly, by year, over complete sessions, without votes on amendments, motions and
-- single paragraphs: identical votes, and the similarity 1 - |a - b| / 2 with yes = 1, abstention = 0, no = -1 (partial agreement as in Lijphart, American
-- Political Science Review 57(4), 1963). For the others too: agreement_of(amendments := true, paragraphs := true).
-- iso3_1: one state
-- iso3_2: the other, later in the alphabet
-- year: the year
-- joint: roll calls in which both voted yes, no or abstained
-- roll_calls: roll calls of the year that are counted
-- identical: roll calls in which they voted the same
-- agreement: identical as a share of joint, 0 to 1
-- similarity: mean of 1 - |a - b| / 2, 0 to 1
-- contested_seats: joint roll calls in which one of the seats was contested
CREATE VIEW vote_agreement AS
FROM agreement_of();
