-- State-years coded as COW IGO codes membership, continued to the end of coverage: 1 full member, 3 observer, 0 no member,
-- -1 not in the COW state system. As COW does, the Shanghai Five count as 1 from 1996. A dialogue partner or partner is 0: COW's
-- associate membership (2) has no counterpart in the SCO. By the status on 31 December.
-- ccode: COW code
-- year: the year
-- sco: the code
-- status: the status on 31 December in this dataset
-- extends_cow: true after 2014, where COW IGO v3 ends
CREATE VIEW cow_igo_compat AS
SELECT ccode, year,
       CASE WHEN NOT in_cow THEN -1
            WHEN status_dec31 IN ('member', 'shanghai_five') THEN 1
            WHEN status_dec31 = 'observer' THEN 3
            WHEN status_dec31 IS NOT NULL THEN 0 END AS sco,
       status_dec31 AS status,
       year > 2014 AS extends_cow
FROM country_years
WHERE ccode IS NOT NULL
ORDER BY ccode, year;
