-- JSON
SELECT id, attrs -> 'color' AS c, attrs ->> 'color' AS t, attrs #>> '{dims,w}' AS w, attrs #> '{dims}' AS d FROM products WHERE id < 5
SELECT id FROM products WHERE attrs @> '{"color": "c1"}' ORDER BY id
SELECT id FROM products WHERE attrs ? 'color' ORDER BY id LIMIT 3
SELECT count(*) FROM products WHERE attrs ->> 'color' = 'c2' AND CAST(attrs -> 'dims' ->> 'w' AS int) > 10
SELECT id, jsonb_array_length(attrs -> 'tags') AS n, jsonb_typeof(attrs) AS t FROM products WHERE id < 4
SELECT p.id, k.key, k.value FROM products p, jsonb_each(p.attrs) AS k WHERE p.id < 3
SELECT p.id, k.key, k.value FROM products p CROSS JOIN LATERAL jsonb_each_text(p.attrs) AS k WHERE p.id < 3
SELECT e.id, x.value FROM events e, jsonb_array_elements(e.payload -> 'items') AS x WHERE e.id < 4
SELECT e.id, x.value, x.ordinality FROM events e, jsonb_array_elements_text(e.payload -> 'items') WITH ORDINALITY AS x WHERE e.id < 4
SELECT jsonb_build_object('id', id, 'name', name) FROM stores ORDER BY id
SELECT json_build_array(id, name), to_jsonb(name), row_to_json(s) FROM stores s WHERE id = 1
SELECT jsonb_object_agg(id, name) FROM stores
SELECT json_object_agg(id, name ORDER BY id) FROM stores
SELECT json_agg(name ORDER BY id) FROM stores
SELECT jsonb_agg(s ORDER BY id) FROM stores s
SELECT DISTINCT jsonb_object_keys(attrs) FROM products
SELECT avg(CAST(payload ->> 'ms' AS numeric)) FROM events GROUP BY payload ->> 'page' ORDER BY 1
SELECT jsonb_set(attrs, '{color}', '"x"') FROM products WHERE id = 1
SELECT attrs || '{"a": 1}' AS joined, attrs - 'color' AS less FROM products WHERE id = 1
SELECT jsonb_path_exists(attrs, '$.dims.w') FROM products WHERE id < 3
SELECT jsonb_path_query_first(payload, '$.items[0]') FROM events WHERE id < 3
SELECT jsonb_strip_nulls(attrs), jsonb_pretty(attrs) FROM products WHERE id = 1
-- Arrays
SELECT id FROM customers WHERE 'vip' = ANY (tags) ORDER BY id
SELECT id FROM customers WHERE country <> ALL (ARRAY['DE', 'FR']) ORDER BY id
SELECT id FROM customers WHERE id = ANY (ARRAY[1, 2, 3])
SELECT id, tags[1], array_length(tags, 1), cardinality(tags) FROM customers WHERE id < 7
SELECT c.id, t FROM customers c, unnest(c.tags) AS t WHERE c.id < 5
SELECT c.id, t.tag, t.n FROM customers c CROSS JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS t (tag, n) WHERE c.id < 5
SELECT unnest(tags) AS tag, count(*) FROM customers GROUP BY 1 ORDER BY 1
SELECT tags @> ARRAY['vip'], tags && ARRAY['a', 'vip'], tags || ARRAY['x'] AS more FROM customers WHERE id < 4
SELECT array_agg(id ORDER BY id DESC) FROM stores
SELECT array_to_string(ARRAY[1, 2, 3], '-'), string_to_array('a,b', ','), array_position(ARRAY['a', 'b'], 'b')
SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2]), array_remove(ARRAY[1, 2], 1)
SELECT ARRAY(SELECT id FROM stores ORDER BY id) AS ids
SELECT (ARRAY[1, 2, 3])[2:3]
-- Dates
SELECT to_char(ordered, 'YYYY-MM') AS m, count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT to_char(sold, 'Day DD Mon HH24:MI') FROM sales WHERE id < 4
SELECT to_date('2024-03-01', 'YYYY-MM-DD'), to_timestamp('2024-03-01 10:00', 'YYYY-MM-DD HH24:MI') > TIMESTAMP '2020-01-01 00:00:00'
SELECT EXTRACT(YEAR FROM to_timestamp(1700000000))
SELECT make_interval(days => 10) AS i
SELECT count(*) FROM orders WHERE ordered > DATE '2024-01-01' - make_interval(months => 3)
SELECT date_bin('15 minutes', happened, TIMESTAMP '2024-01-01 00:00:00') AS b, count(*) FROM events GROUP BY 1 ORDER BY 1 LIMIT 10
SELECT d FROM generate_series(DATE '2024-01-01', DATE '2024-01-05', INTERVAL '1 day') AS d
SELECT generate_series(1, 3) AS n
SELECT d.day, count(s.id) FROM generate_series(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-07 00:00:00', INTERVAL '1 day') AS d (day) LEFT JOIN sales s ON date_trunc('day', s.sold) = d.day GROUP BY 1 ORDER BY 1
SELECT sold AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin' FROM sales WHERE id < 3
SELECT sold::date, sold::time, ordered::timestamp FROM sales JOIN orders USING (id) WHERE id < 3
SELECT age(ordered, DATE '2020-01-01'), justify_days(INTERVAL '40 days'), date_part('epoch', INTERVAL '1 hour') FROM orders WHERE id = 1
SELECT extract(century FROM ordered), isfinite(ordered) FROM orders WHERE id = 1
SELECT count(*) FROM events WHERE happened > now() - INTERVAL '100 years'
SELECT localtimestamp > TIMESTAMP '2020-01-01 00:00:00' AS late, clock_timestamp() IS NOT NULL AS c
SELECT make_timestamp(2024, 1, 2, 3, 4, 5.5), make_time(1, 2, 3)
-- Text and numbers
SELECT regexp_matches(name, '([A-Z])\w+ ([0-9]+)') FROM customers WHERE id < 4
SELECT regexp_split_to_array(name, ' '), regexp_match(name, '[0-9]+') FROM customers WHERE id < 4
SELECT w FROM regexp_split_to_table('a b c', ' ') AS w
SELECT encode(sha256('a'::bytea), 'hex'), decode('6162', 'hex'), encode(convert_to('x', 'UTF8'), 'base64')
SELECT format('%s of %s', name, country), quote_literal(name), initcap('a b'), btrim('xax', 'x') FROM stores WHERE id = 1
SELECT overlay('abcdef' PLACING 'xx' FROM 2 FOR 2), octet_length('abc'), bit_length('a'), char_length('abc')
SELECT width_bucket(price, 0, 100, 5) AS b, count(*) FROM products GROUP BY 1 ORDER BY 1
SELECT gcd(12, 18), lcm(4, 6), div(7, 2), factorial(5), scale(1.50), trunc(1.567, 2)
SELECT random() < 2 AS r
SELECT count(*) >= 0 AS c FROM sales TABLESAMPLE BERNOULLI (50)
SELECT name ~* 'CUSTOMER', name !~ 'x', name SIMILAR TO 'C%' FROM customers WHERE id < 3
SELECT to_number('12.5', '99.9'), to_char(1234.5, '9,999.99'), to_char(id, '000') FROM stores WHERE id = 1
SELECT id::text || '!' AS t, price::int, '5'::int + 1 FROM products WHERE id < 3
SELECT left(name, -1), right(name, -1), strpos(name, 'o'), name COLLATE "C" FROM stores WHERE id = 1
SELECT string_agg(name, E'\n' ORDER BY name) FROM stores
SELECT num_nonnulls(1, NULL, 2), num_nulls(1, NULL)
SELECT every(id > 0), bool_and(id > 1) FROM stores
SELECT DISTINCT ON (dept) dept, name FROM employees ORDER BY dept, salary DESC
SELECT c.id, c.name, c.city, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name, c.city ORDER BY c.id LIMIT 5
SELECT percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY salary) FROM employees
SELECT rank(4000) WITHIN GROUP (ORDER BY salary) FROM employees
SELECT * FROM ROWS FROM (generate_series(1, 2)) AS x
SELECT CAST(s AS text) AS whole FROM stores s WHERE s.id = 1
SELECT (s).name FROM stores s WHERE s.id = 1
TABLE stores
SELECT id FROM stores FETCH FIRST 2 ROWS ONLY
SELECT count(*) FROM sales WHERE price = ANY ('{0.5,1.5,19.5}'::numeric[])
SELECT id FROM customers WHERE name LIKE ANY (ARRAY['%1', '%2']) ORDER BY id
WITH x AS MATERIALIZED (SELECT * FROM stores) SELECT * FROM x
SELECT * FROM stores ORDER BY name USING <
SELECT count(*) FROM lines WHERE (shipped, received) OVERLAPS (DATE '2023-06-01', DATE '2023-07-01')
SELECT format('%s', name) FROM customers WHERE id = 1
SELECT id FROM stores WHERE id BETWEEN SYMMETRIC 4 AND 2
