SELECT t.name AS table_name, t.wr = 0 AS has_row_number, c.name, c.dflt_value, c.pk
FROM pragma_table_list t
JOIN pragma_table_info(t.name) c
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY t.name, c.pk, c.cid
