SELECT claimed_under,
       (SELECT count(*) FROM (SELECT fence FROM run UNION SELECT fence FROM request)
        WHERE fence > claimed_under AND fence < :fence) AS since
FROM (SELECT coalesce(max(fence), 0) AS claimed_under FROM request)
