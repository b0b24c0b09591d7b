-- A voucher that was found was claimed without a wait for anybody: such a claim proves nothing of what came before it.
SELECT claimed_under,
       (SELECT count(*)
        FROM (SELECT fence FROM run WHERE fence > claimed_under AND fence < :fence
              UNION SELECT fence FROM request WHERE fence > claimed_under AND fence < :fence)) AS since
FROM (SELECT coalesce((SELECT fence FROM request WHERE kind <> 'found' ORDER BY fence DESC LIMIT 1), 0) AS claimed_under)
