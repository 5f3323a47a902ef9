-- Friendlier SQL
SELECT * EXCLUDE (tags) FROM customers WHERE id < 4
SELECT * REPLACE (upper(name) AS name) FROM stores
SELECT country, city, count(*) FROM customers GROUP BY ALL ORDER BY ALL
SELECT name, price FROM products ORDER BY ALL DESC LIMIT 5
FROM stores
FROM stores SELECT name WHERE id > 2
SELECT COLUMNS('id|name') FROM stores
SELECT min(COLUMNS(*)) FROM stock
SELECT COLUMNS(s.*) FROM stores s
SELECT COLUMNS(* EXCLUDE (city)) FROM stores
SELECT id AS i, i + 1 AS j FROM stores WHERE i > 2
SELECT id, name FROM stores UNION ALL BY NAME SELECT name, id FROM suppliers
SELECT id FROM stores UNION BY NAME SELECT name FROM stores
SELECT category, count(*) AS n FROM products GROUP BY category QUALIFY row_number() OVER (ORDER BY n DESC, category) <= 2
SELECT dept, name FROM employees QUALIFY rank() OVER (PARTITION BY dept ORDER BY salary DESC) = 1 ORDER BY dept
PIVOT sales ON channel USING sum(price) GROUP BY store_id
SELECT * FROM (SELECT store_id, channel, price FROM sales) PIVOT (sum(price) FOR channel IN ('web', 'store') GROUP BY store_id)
UNPIVOT (SELECT id, credit, CAST(id AS numeric(12,2)) AS other FROM customers) ON credit, other INTO NAME n VALUE v
SELECT * FROM range(3)
SELECT * FROM generate_series(1, 3)
SELECT range FROM range(2, 5)
SELECT x FROM range(5) t(x) WHERE x % 2 = 0
SELECT unnest([1, 2, 3]) AS n
SELECT unnest(generate_series(1, 3)) AS n
SUMMARIZE stores
DESCRIBE stores
SELECT s.id, t.price FROM stores s POSITIONAL JOIN (SELECT price FROM products LIMIT 5) t
SELECT s.id, k.quantity FROM sales s ASOF JOIN stock k ON k.product_id = s.product_id AND k.store_id = s.store_id AND s.sold >= k.counted ORDER BY s.id
SELECT s.id, k.quantity FROM sales s ASOF LEFT JOIN stock k ON k.product_id = s.product_id AND k.store_id = s.store_id AND CAST(s.sold AS date) >= k.counted ORDER BY s.id
SELECT count(*) >= 0 AS c FROM sales USING SAMPLE 10%
SELECT count(*) >= 0 AS c FROM sales TABLESAMPLE 10%
SELECT a.id FROM stores a SEMI JOIN sales b ON b.store_id = a.id
SELECT a.id FROM customers a ANTI JOIN sales b ON b.customer_id = a.id
SELECT count() FROM stores
SELECT c.id, c.name FROM customers c GROUP BY c.id, c.name ORDER BY 1 LIMIT 3
SELECT arg_max(name, salary), arg_min(name, salary), max_by(name, salary), first(name ORDER BY id), last(name ORDER BY id), any_value(1) FROM employees
SELECT median(salary), mode(dept), quantile_cont(salary, 0.9), quantile_disc(salary, 0.9), approx_count_distinct(dept) FROM employees
SELECT list(name ORDER BY id) FROM stores
SELECT histogram(channel) FROM sales
SELECT product(id), kurtosis(salary), skewness(salary), entropy(dept), mad(salary), geomean(salary), fsum(id), sum_no_overflow(id) FROM employees WHERE id < 9
SELECT count_if(salary > 4000), bool_or(id > 3), bit_or(id) FROM employees
SELECT max(salary, 3), min(salary, 2) FROM employees
-- Lists, structs, maps
SELECT [1, 2, 3] AS l, len([1, 2]), list_contains([1, 2], 2), [1, 2, 3][2], [1, 2, 3][2:3]
SELECT {'a': 1, 'b': 'x'} AS s, {'a': 1}.a AS f, struct_pack(a := 1) AS p
SELECT struct_extract({'a': 5}, 'a'), row(1, 'x')
SELECT MAP {'a': 1, 'b': 2} AS m, MAP {'a': 1}['a'] AS v, map_keys(MAP {'a': 1}), map_values(MAP {'a': 1})
SELECT list_transform([1, 2, 3], lambda x: x + 1), list_filter([1, 2, 3], lambda x: x > 1), list_reduce([1, 2, 3], lambda a, b: a + b)
SELECT [x * 2 FOR x IN [1, 2, 3] IF x > 1] AS doubled
SELECT list_sum([1, 2]), list_avg([1, 2]), list_max([1, 2]), list_min([1, 2]), list_sort([2, 1]), list_distinct([1, 1]), list_reverse_sort([1, 2])
SELECT list_concat([1], [2]), list_append([1], 2), list_prepend(0, [1]), list_position([1, 2], 2), list_slice([1, 2, 3], 1, 2), list_unique([1, 1]), flatten([[1], [2]])
SELECT list_aggregate([1, 2, 3], 'sum'), array_to_string(['a', 'b'], '-'), list_has_any([1], [1, 2]), list_has_all([1, 2], [1])
SELECT id, unnest(tags) AS tag FROM customers WHERE id < 5
SELECT c.id, t.tag FROM customers c, unnest(c.tags) AS t(tag) WHERE c.id < 5
SELECT string_split('a,b', ','), str_split('a b', ' '), string_split_regex('a1b', '[0-9]')
-- Dates
SELECT dayname(ordered), monthname(ordered), dayofweek(ordered), week(ordered), yearweek(ordered), last_day(ordered), year(ordered), month(ordered), day(ordered) FROM orders WHERE id < 4
SELECT time_bucket(INTERVAL '15 minutes', happened) AS b, count(*) FROM events GROUP BY 1 ORDER BY 1 LIMIT 10
SELECT date_diff('day', DATE '2024-01-01', ordered), datediff('month', DATE '2024-01-01', ordered), date_sub('hour', TIMESTAMP '2024-01-01 00:00:00', CAST(ordered AS timestamp)) FROM orders WHERE id < 4
SELECT date_add(ordered, INTERVAL 3 DAY), ordered + INTERVAL 1 MONTH, ordered + to_days(3), ordered + INTERVAL (id) DAY FROM orders WHERE id < 4
SELECT strftime(ordered, '%Y-%m'), strptime('2024-01-02', '%Y-%m-%d') FROM orders WHERE id < 4
SELECT epoch(sold), epoch_ms(sold), to_timestamp(1700000000) > TIMESTAMP '2020-01-01', make_timestamp(2024, 1, 2, 3, 4, 5.5) FROM sales WHERE id < 4
SELECT age(DATE '2024-01-01', DATE '2020-05-05'), date_part(['year', 'month'], DATE '2024-03-04'), current_date > DATE '2020-01-01', today() > DATE '2020-01-01'
SELECT count(*) FROM events WHERE happened > now()::timestamp - INTERVAL 100 YEAR
-- Text, JSON and numbers
SELECT regexp_matches(name, '[0-9]'), regexp_extract(name, '([a-z]+) ([0-9]+)', 2), regexp_extract_all(name, '[0-9]'), regexp_full_match(name, 'C.*') FROM customers WHERE id < 4
SELECT contains(name, 'om'), prefix(name, 'Cu'), suffix(name, '1'), ends_with(name, '1'), instr(name, 'm') FROM customers WHERE id < 4
SELECT levenshtein('ab', 'ac'), jaccard('ab', 'ac'), hamming('ab', 'ac'), jaro_winkler_similarity('ab', 'ac'), damerau_levenshtein('ab', 'ba')
SELECT printf('%d %s', id, name), format('{} {}', id, name), strip_accents('é'), nfc_normalize('e'), ord('a'), unicode('a') FROM stores WHERE id = 1
SELECT attrs ->> '$.color', attrs -> 'dims', json_extract_string(attrs, '$.color'), json_extract(attrs, '$.dims.w'), json_array_length(attrs -> 'tags'), json_type(attrs) FROM products WHERE id < 4
SELECT json_keys(attrs), json_valid('{}'), to_json([1, 2]), json_object('a', id), json_array(1, 2) FROM products WHERE id < 3
SELECT count(*) FROM products WHERE attrs.dims.w > 3
SELECT 7 // 2, 2 ** 3, 7 % 4, 5!, xor(1, 2), bit_count(7), isnan(1.0), round_even(2.5, 0), even(2.3), gamma(3), log2(8), log10(100)
SELECT TRY_CAST('x' AS int), CAST(1.6 AS int), 1::text, '1' :: double, hash('a') IS NOT NULL, if(true, 1, 2), ifnull(NULL, 1)
SELECT random() < 2 AS r, md5('a'), sha256('a'), base64(encode('a')), hex('a')
SELECT id FROM customers WHERE name GLOB '*1' AND name SIMILAR TO 'C.*' ORDER BY id
SELECT name.upper().left(3) FROM stores
SELECT alias: id FROM stores
SELECT sum(id) FILTER (id > 2) FROM stores
SELECT id FROM stores LIMIT 50%
SELECT trim(name), greatest(1, 2), least(1, 2), concat('a', 1), 'a' || 1, nullif(1, 1), bar(5, 0, 10, 5) FROM stores WHERE id = 1
SELECT id FROM stores ORDER BY id LIMIT 2 OFFSET 1
SELECT typeof(1), id IN [1, 2] AS b FROM stores ORDER BY id
