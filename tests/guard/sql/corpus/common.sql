-- Warehouse questions in the manner of TPC-H
SELECT flag, mode, sum(quantity) AS q, sum(price) AS base, sum(price * (1 - discount)) AS disc, sum(price * (1 - discount) * (1 + tax)) AS charge, avg(quantity) AS aq, count(*) AS n FROM lines WHERE shipped <= DATE '2024-12-01' - INTERVAL '90' DAY GROUP BY flag, mode ORDER BY flag, mode
SELECT s.balance, s.name, p.id FROM products p, suppliers s, supplies ps WHERE p.id = ps.product_id AND s.id = ps.supplier_id AND p.size < 15 AND ps.cost = (SELECT min(q.cost) FROM supplies q, suppliers t WHERE q.product_id = p.id AND t.id = q.supplier_id AND t.country <> 'JP') ORDER BY s.balance DESC, s.name, p.id LIMIT 10
SELECT l.order_id, sum(l.price * (1 - l.discount)) AS revenue, o.ordered, o.priority FROM customers c, orders o, lines l WHERE c.segment = 'BUILDING' AND c.id = o.customer_id AND l.order_id = o.id AND o.ordered < DATE '2024-03-15' AND l.shipped > DATE '2024-01-15' GROUP BY l.order_id, o.ordered, o.priority ORDER BY revenue DESC, o.ordered LIMIT 10
SELECT priority, count(*) AS n FROM orders WHERE ordered >= DATE '2023-07-01' AND ordered < DATE '2023-07-01' + INTERVAL '3 months' AND EXISTS (SELECT * FROM lines WHERE order_id = orders.id AND due < received) GROUP BY priority ORDER BY priority
SELECT s.country, sum(l.price * (1 - l.discount)) AS revenue FROM customers c JOIN orders o ON o.customer_id = c.id JOIN lines l ON l.order_id = o.id JOIN suppliers s ON s.id = l.supplier_id AND s.country = c.country WHERE o.ordered >= DATE '2023-01-01' AND o.ordered < DATE '2023-01-01' + INTERVAL '1' YEAR GROUP BY s.country ORDER BY revenue DESC
SELECT sum(price * discount) AS revenue FROM lines WHERE shipped >= DATE '2023-01-01' AND shipped < DATE '2024-01-01' AND discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND quantity < 24
SELECT supp, cust, yr, sum(volume) AS revenue FROM (SELECT s.country AS supp, c.country AS cust, EXTRACT(YEAR FROM l.shipped) AS yr, l.price * (1 - l.discount) AS volume FROM suppliers s, lines l, orders o, customers c WHERE s.id = l.supplier_id AND o.id = l.order_id AND c.id = o.customer_id AND (s.country = 'FR' AND c.country = 'DE' OR s.country = 'DE' AND c.country = 'FR')) AS shipping GROUP BY supp, cust, yr ORDER BY supp, cust, yr
SELECT yr, sum(CASE WHEN nation = 'DE' THEN volume ELSE 0 END) / sum(volume) AS share FROM (SELECT EXTRACT(YEAR FROM o.ordered) AS yr, l.price AS volume, s.country AS nation FROM lines l JOIN orders o ON o.id = l.order_id JOIN suppliers s ON s.id = l.supplier_id) x GROUP BY yr ORDER BY yr
SELECT s.country, EXTRACT(YEAR FROM o.ordered) AS yr, sum(l.price * (1 - l.discount) - ps.cost * l.quantity) AS profit FROM products p, suppliers s, lines l, supplies ps, orders o WHERE s.id = l.supplier_id AND ps.supplier_id = l.supplier_id AND ps.product_id = l.product_id AND p.id = l.product_id AND o.id = l.order_id AND p.name LIKE '%green%' GROUP BY s.country, EXTRACT(YEAR FROM o.ordered) ORDER BY 1, 2 DESC
SELECT c.id, c.name, sum(l.price * (1 - l.discount)) AS lost, c.credit FROM customers c JOIN orders o ON c.id = o.customer_id JOIN lines l ON l.order_id = o.id WHERE l.flag = 'R' AND o.ordered >= DATE '2023-10-01' GROUP BY c.id, c.name, c.credit ORDER BY lost DESC, c.id LIMIT 20
SELECT product_id, sum(cost * available) AS value FROM supplies GROUP BY product_id HAVING sum(cost * available) > (SELECT sum(cost * available) * 0.02 FROM supplies) ORDER BY value DESC, product_id
SELECT l.mode, sum(CASE WHEN o.priority = '1-URGENT' OR o.priority = '2-HIGH' THEN 1 ELSE 0 END) AS high, sum(CASE WHEN o.priority <> '1-URGENT' AND o.priority <> '2-HIGH' THEN 1 ELSE 0 END) AS low FROM orders o JOIN lines l ON o.id = l.order_id WHERE l.mode IN ('MAIL', 'SHIP') AND l.due < l.received GROUP BY l.mode ORDER BY l.mode
SELECT n, count(*) AS customers FROM (SELECT c.id, count(o.id) FROM customers c LEFT OUTER JOIN orders o ON c.id = o.customer_id AND o.clerk NOT LIKE '%3' GROUP BY c.id) AS per (id, n) GROUP BY n ORDER BY customers DESC, n DESC
SELECT 100.00 * sum(CASE WHEN p.name LIKE 'green%' THEN l.price * (1 - l.discount) ELSE 0 END) / sum(l.price * (1 - l.discount)) AS promo FROM lines l, products p WHERE l.product_id = p.id AND l.shipped >= DATE '2023-09-01' AND l.shipped < DATE '2023-09-01' + INTERVAL '1 month'
WITH revenue (supplier, total) AS (SELECT supplier_id, sum(price * (1 - discount)) FROM lines WHERE shipped >= DATE '2023-01-01' AND shipped < DATE '2023-01-01' + INTERVAL '3' MONTH GROUP BY supplier_id) SELECT s.id, s.name, total FROM suppliers s, revenue WHERE s.id = supplier AND total = (SELECT max(total) FROM revenue) ORDER BY s.id
SELECT p.brand, p.category, p.size, count(DISTINCT ps.supplier_id) AS n FROM supplies ps, products p WHERE p.id = ps.product_id AND p.brand <> 'Brand#4' AND p.category NOT LIKE 'Mu%' AND p.size IN (2, 9, 14, 19, 23, 36) AND ps.supplier_id NOT IN (SELECT id FROM suppliers WHERE note LIKE '%Customer%Complaints%') GROUP BY p.brand, p.category, p.size ORDER BY n DESC, p.brand, p.category, p.size
SELECT sum(l.price) / 7.0 AS yearly FROM lines l, products p WHERE p.id = l.product_id AND p.brand = 'Brand#2' AND l.quantity < (SELECT 0.5 * avg(quantity) FROM lines WHERE product_id = p.id)
SELECT c.name, c.id, o.id, o.ordered, o.total, sum(l.quantity) FROM customers c, orders o, lines l WHERE o.id IN (SELECT order_id FROM lines GROUP BY order_id HAVING sum(quantity) > 90) AND c.id = o.customer_id AND o.id = l.order_id GROUP BY c.name, c.id, o.id, o.ordered, o.total ORDER BY o.total DESC, o.ordered LIMIT 50
SELECT sum(lines.price * (1 - discount)) AS revenue FROM lines, products WHERE products.id = product_id AND ((brand = 'Brand#1' AND quantity BETWEEN 1 AND 11 AND size BETWEEN 1 AND 5) OR (brand = 'Brand#2' AND quantity >= 10 AND quantity <= 20)) AND mode IN ('AIR', 'RAIL')
SELECT name FROM suppliers WHERE id IN (SELECT supplier_id FROM supplies WHERE product_id IN (SELECT id FROM products WHERE name LIKE 'green%') AND available > (SELECT 0.05 * sum(quantity) FROM lines WHERE product_id = supplies.product_id AND supplier_id = supplies.supplier_id)) ORDER BY name
SELECT s.name, count(*) AS waits FROM suppliers s, lines a, orders o WHERE s.id = a.supplier_id AND o.id = a.order_id AND o.status = 'F' AND a.received > a.due AND EXISTS (SELECT 1 FROM lines b WHERE b.order_id = a.order_id AND b.supplier_id <> a.supplier_id) AND NOT EXISTS (SELECT 1 FROM lines c WHERE c.order_id = a.order_id AND c.supplier_id <> a.supplier_id AND c.received > c.due + 3) GROUP BY s.name ORDER BY waits DESC, s.name LIMIT 100
SELECT code, count(*) AS n, sum(credit) AS total FROM (SELECT substring(country FROM 1 FOR 1) AS code, credit FROM customers WHERE substring(country FROM 1 FOR 1) IN ('D', 'F') AND credit > (SELECT avg(credit) FROM customers WHERE credit > 0.00) AND NOT EXISTS (SELECT * FROM orders WHERE customer_id = customers.id)) AS x GROUP BY code ORDER BY code
-- Shorter retail questions; those of TPC-DS, one by one, are in tpcds.sql
WITH back AS (SELECT s.customer_id AS c, s.store_id AS st, sum(r.quantity * s.price) AS amount FROM returns r JOIN sales s ON s.id = r.sale_id GROUP BY s.customer_id, s.store_id) SELECT c FROM back b WHERE amount > (SELECT avg(amount) * 1.2 FROM back x WHERE x.st = b.st) ORDER BY c
WITH weekly AS (SELECT date_trunc('week', sold) AS wk, channel, sum(price) AS p FROM sales GROUP BY 1, 2) SELECT a.wk, a.channel, a.p, b.p AS before FROM weekly a LEFT JOIN weekly b ON b.channel = a.channel AND b.wk = a.wk - INTERVAL '7 days' ORDER BY 1, 2
SELECT EXTRACT(YEAR FROM s.sold) AS y, p.brand, sum(s.price) AS total FROM sales s JOIN products p ON p.id = s.product_id WHERE EXTRACT(MONTH FROM s.sold) = 2 GROUP BY y, p.brand ORDER BY y, total DESC, p.brand LIMIT 100
WITH totals AS (SELECT customer_id, channel, sum(price * quantity) AS t FROM sales GROUP BY customer_id, channel) SELECT w.customer_id FROM totals w JOIN totals s ON s.customer_id = w.customer_id WHERE w.channel = 'web' AND s.channel = 'store' AND w.t > s.t ORDER BY 1
SELECT channel, id, sum(amount) AS sold FROM (SELECT channel, store_id AS id, price * quantity AS amount FROM sales UNION ALL SELECT 'returned', s.store_id, -r.quantity * s.price FROM returns r JOIN sales s ON s.id = r.sale_id) x GROUP BY ROLLUP (channel, id) ORDER BY channel, id
SELECT c.country, count(*) AS n FROM customers c, sales s, products p WHERE c.id = s.customer_id AND p.id = s.product_id AND p.price > 1.2 * (SELECT avg(q.price) FROM products q WHERE q.category = p.category) GROUP BY c.country HAVING count(*) >= 3 ORDER BY n, c.country
SELECT p.name, avg(s.quantity) AS q, avg(s.price) AS pr FROM sales s JOIN products p ON p.id = s.product_id JOIN customers c ON c.id = s.customer_id WHERE c.segment = 'HOUSEHOLD' AND (s.channel = 'web' OR s.channel = 'store') GROUP BY p.name ORDER BY p.name LIMIT 50
SELECT CASE WHEN (SELECT count(*) FROM sales WHERE quantity BETWEEN 1 AND 3) > 100 THEN (SELECT avg(price) FROM sales WHERE quantity BETWEEN 1 AND 3) ELSE (SELECT avg(quantity) FROM sales) END AS bucket
SELECT c.segment, c.country, count(*) AS n, min(c.credit), max(c.credit), avg(c.credit) FROM customers c WHERE EXISTS (SELECT 1 FROM sales s WHERE s.customer_id = c.id AND s.channel = 'store') AND (EXISTS (SELECT 1 FROM sales s WHERE s.customer_id = c.id AND s.channel = 'web') OR EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)) GROUP BY c.segment, c.country ORDER BY 1, 2
SELECT p.category, sum(s.price) AS revenue, sum(s.price) * 100 / sum(sum(s.price)) OVER (PARTITION BY p.category) AS ratio FROM sales s JOIN products p ON p.id = s.product_id GROUP BY p.category, p.brand ORDER BY p.category, ratio
WITH common AS (SELECT product_id FROM sales WHERE channel = 'web' INTERSECT SELECT product_id FROM sales WHERE channel = 'store' INTERSECT SELECT product_id FROM sales WHERE channel = 'catalog'), mean AS (SELECT avg(quantity * price) AS m FROM sales) SELECT s.channel, count(*) FROM sales s WHERE s.product_id IN (SELECT product_id FROM common) GROUP BY s.channel HAVING sum(s.quantity * s.price) > (SELECT m FROM mean) ORDER BY 1
SELECT count(DISTINCT s.id) AS n, sum(s.price) AS total FROM sales s WHERE s.channel = 'catalog' AND EXISTS (SELECT * FROM sales t WHERE t.customer_id = s.customer_id AND t.store_id <> s.store_id) AND NOT EXISTS (SELECT * FROM returns r WHERE r.sale_id = s.id)
SELECT p.id, count(s.quantity) AS n, avg(s.quantity) AS a, stddev_samp(s.quantity) AS sd, stddev_samp(s.quantity) / avg(s.quantity) AS cov FROM sales s JOIN products p ON p.id = s.product_id GROUP BY p.id ORDER BY p.id LIMIT 20
SELECT st.name, sum(CASE WHEN r.returned - CAST(s.sold AS date) <= 30 THEN 1 ELSE 0 END) AS d30, sum(CASE WHEN r.returned - CAST(s.sold AS date) > 30 THEN 1 ELSE 0 END) AS later FROM sales s JOIN returns r ON r.sale_id = s.id JOIN stores st ON st.id = s.store_id GROUP BY st.name ORDER BY st.name
SELECT p.category, p.brand, sum(k.quantity) AS q FROM stock k JOIN products p ON p.id = k.product_id GROUP BY GROUPING SETS ((p.category, p.brand), (p.category), ()) ORDER BY q, 1, 2
SELECT k.store_id, k.product_id, sum(CASE WHEN k.counted < DATE '2024-01-25' THEN k.quantity ELSE 0 END) AS before, sum(CASE WHEN k.counted >= DATE '2024-01-25' THEN k.quantity ELSE 0 END) AS after FROM stock k GROUP BY k.store_id, k.product_id HAVING sum(k.quantity) > 100 ORDER BY 1, 2
WITH frequent AS (SELECT product_id, count(*) AS n FROM sales GROUP BY product_id HAVING count(*) > 8), best AS (SELECT customer_id, sum(price) AS t FROM sales GROUP BY customer_id HAVING sum(price) > 0.5 * (SELECT max(t) FROM (SELECT sum(price) AS t FROM sales GROUP BY customer_id) x)) SELECT sum(quantity * price) FROM sales WHERE product_id IN (SELECT product_id FROM frequent) AND customer_id IN (SELECT customer_id FROM best)
SELECT * FROM (SELECT avg(price) AS a1, count(price) AS c1, count(DISTINCT price) AS d1 FROM sales WHERE quantity BETWEEN 0 AND 3) b1, (SELECT avg(price) AS a2, count(price) AS c2, count(DISTINCT price) AS d2 FROM sales WHERE quantity BETWEEN 4 AND 6) b2
SELECT p.category, GROUPING(p.category) AS g, sum(s.quantity) AS q FROM sales s JOIN products p ON p.id = s.product_id GROUP BY CUBE (p.category, p.brand) ORDER BY g, q, p.category
WITH yearly AS (SELECT product_id, CAST(EXTRACT(MONTH FROM sold) AS int) AS m, sum(price) AS t FROM sales GROUP BY 1, 2) SELECT a.product_id, a.m, a.t / nullif(b.t, 0) AS growth FROM yearly a JOIN yearly b ON a.product_id = b.product_id AND a.m = b.m + 1 ORDER BY 1, 2 LIMIT 30
SELECT * FROM (SELECT product_id, store_id, sum(price) AS t, avg(sum(price)) OVER (PARTITION BY product_id) AS mean FROM sales GROUP BY product_id, store_id) x WHERE CASE WHEN mean > 0 THEN abs(t - mean) / mean ELSE NULL END > 0.4 ORDER BY 1, 2
SELECT CAST(sold AS date) AS d, EXTRACT(HOUR FROM sold) AS h, count(*) FROM sales WHERE EXTRACT(DOW FROM sold) IN (0, 6) GROUP BY 1, 2 ORDER BY 1, 2
SELECT channel, rank() OVER (ORDER BY sum(price) DESC) AS r, sum(price) AS t FROM sales GROUP BY channel ORDER BY r
SELECT product_id, t, rnk FROM (SELECT product_id, sum(price) AS t, rank() OVER (ORDER BY sum(price) DESC, product_id) AS rnk FROM sales GROUP BY product_id) x WHERE rnk < 11 ORDER BY rnk
SELECT DISTINCT a.name FROM products a WHERE (SELECT count(*) FROM products b WHERE b.category = a.category AND b.price > a.price) < 2 ORDER BY a.name
WITH v AS (SELECT customer_id, CAST(sold AS date) AS d, sum(sum(price)) OVER (PARTITION BY customer_id ORDER BY CAST(sold AS date) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run FROM sales GROUP BY customer_id, CAST(sold AS date)) SELECT * FROM v WHERE run > 100 ORDER BY customer_id, d LIMIT 40
SELECT coalesce(a.customer_id, b.customer_id) AS c, count(*) FROM (SELECT DISTINCT customer_id FROM sales WHERE channel = 'web') a FULL OUTER JOIN (SELECT DISTINCT customer_id FROM sales WHERE channel = 'store') b ON a.customer_id = b.customer_id GROUP BY 1 ORDER BY 1
SELECT count(*) FROM (SELECT customer_id FROM sales WHERE channel = 'web' EXCEPT SELECT customer_id FROM sales WHERE channel = 'store') x
-- Windows
SELECT id, dept, salary, row_number() OVER (PARTITION BY dept ORDER BY salary DESC, id) AS n, dense_rank() OVER (ORDER BY salary) AS dr, percent_rank() OVER (ORDER BY salary) AS pr, cume_dist() OVER (ORDER BY salary) AS cd, ntile(4) OVER (ORDER BY salary, id) AS q FROM employees
SELECT id, lag(salary) OVER w AS a, lead(salary, 2, 0) OVER w AS b, first_value(name) OVER w AS c, last_value(name) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS d FROM employees WINDOW w AS (PARTITION BY dept ORDER BY hired)
SELECT id, nth_value(salary, 2) OVER (ORDER BY id) AS second, sum(salary) OVER (ORDER BY hired RANGE BETWEEN INTERVAL '100 days' PRECEDING AND CURRENT ROW) AS s FROM employees
SELECT id, avg(salary) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS m, count(*) OVER () AS n, salary - avg(salary) OVER (PARTITION BY dept) AS diff FROM employees
SELECT id, sum(salary) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS s FROM employees
SELECT id, count(*) OVER (ORDER BY salary GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM employees
SELECT dept, salary, sum(salary) FILTER (WHERE id > 5) OVER (PARTITION BY dept) AS f FROM employees
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY dept ORDER BY salary DESC, id) AS rn FROM employees) e WHERE rn <= 2 ORDER BY dept, rn
WITH g AS (SELECT id, happened, happened - lag(happened) OVER (PARTITION BY customer_id ORDER BY happened) AS gap FROM events) SELECT count(*) FROM g WHERE gap > INTERVAL '24 hours'
SELECT dept, salary - first_value(salary) OVER (PARTITION BY dept ORDER BY hired) AS raise FROM employees ORDER BY dept, raise
-- Dates and times
SELECT count(*) FROM orders WHERE ordered >= DATE '2024-01-01' - INTERVAL '7 days'
SELECT count(*) FROM sales WHERE sold >= TIMESTAMP '2024-02-01 00:00:00' - INTERVAL '24 hours' AND sold < TIMESTAMP '2024-02-01 00:00:00' + INTERVAL '2 years'
SELECT date_trunc('month', ordered) AS m, count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('quarter', sold) AS q, sum(price) FROM sales GROUP BY q ORDER BY q
SELECT EXTRACT(DOY FROM ordered), EXTRACT(WEEK FROM ordered), EXTRACT(QUARTER FROM ordered), EXTRACT(ISODOW FROM ordered) FROM orders WHERE id < 9
SELECT date_part('year', ordered) AS y, date_part('dow', ordered) AS d, count(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2
SELECT ordered + 10, ordered - 10, ordered - DATE '2023-01-01' AS n FROM orders WHERE id < 5
SELECT id, ordered + INTERVAL '1 month' * 2 AS a, ordered - INTERVAL '2 weeks' AS b FROM orders WHERE id < 5
SELECT count(*) FROM customers WHERE age(TIMESTAMP '2024-01-01 00:00:00', CAST(born AS timestamp)) > INTERVAL '40 years'
SELECT CAST('2024-02-29' AS date) + INTERVAL '1 year' AS d, CAST('10:30:00' AS time) AS t
SELECT EXTRACT(EPOCH FROM happened) AS e, EXTRACT(MINUTE FROM happened) AS m FROM events ORDER BY id LIMIT 5
SELECT count(*) FROM orders WHERE ordered BETWEEN CURRENT_DATE - INTERVAL '100 years' AND CURRENT_DATE
SELECT make_date(2024, 2, id) AS d FROM stores ORDER BY id
SELECT CAST(sold AS date) AS day, sum(price) AS total FROM sales GROUP BY CAST(sold AS date) HAVING sum(price) > 60 ORDER BY day
SELECT max(sold) - min(sold) AS span FROM sales
-- Text
SELECT upper(name), lower(name), length(name), substring(name FROM 3), left(name, 2), right(name, 2), reverse(name) FROM customers WHERE id < 4
SELECT trim(both ' ' FROM '  x '), ltrim('xxa', 'x'), rtrim('axx', 'x'), replace(name, 'Customer', 'C') FROM customers WHERE id = 1
SELECT position('er' IN name), strpos(name, 'm'), name || '-' || city AS full_name, concat(name, ':', id) FROM customers WHERE id < 4
SELECT split_part(clerk, '#', 2) AS c, count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT lpad(CAST(id AS text), 5, '0') AS code, rpad(country, 4, '.') AS c FROM customers WHERE id < 4
SELECT count(*) FROM products WHERE name ILIKE '%CHAIR%' OR name LIKE 'red\_%' ESCAPE '\'
SELECT regexp_replace(name, '[0-9]+', '#') AS r FROM customers WHERE id < 4
SELECT count(*) FROM customers WHERE name ~ '^Customer [1-3]$'
SELECT concat_ws('/', country, city, NULL, segment) FROM customers WHERE id < 5
SELECT initials, count(*) FROM (SELECT substr(name, 1, 1) || substr(city, 1, 1) AS initials FROM customers) x GROUP BY initials
SELECT translate(name, 'aeiou', '12345'), ascii(name), chr(65), md5(name) FROM customers WHERE id < 3
SELECT string_agg(name, ', ' ORDER BY id) FROM stores
SELECT country, string_agg(DISTINCT city, ',' ORDER BY city) AS cities FROM customers GROUP BY country ORDER BY country
SELECT starts_with(name, 'Cust') AS s, repeat('x', 1) = 'x' AS r FROM customers WHERE id = 1
-- Numbers
SELECT round(price, 1), floor(price), ceil(price), trunc(price), abs(-price), sign(price), mod(id, 7), id % 7, power(size, 2), sqrt(size) FROM products WHERE id < 5
SELECT ln(size), log(10, 100), exp(1.0), pi() > 3, radians(180.0), degrees(1.0), cbrt(27.0), greatest(id, size), least(id, size) FROM products WHERE id < 5
SELECT sin(weight), cos(weight), tan(weight), asin(0.5), acos(0.5), atan(weight), atan2(weight, 2.0), cot(weight) FROM products WHERE id < 5
SELECT CAST(price AS int), CAST(id AS numeric(10,2)), CAST('3.5' AS double precision), CAST(id AS text) FROM products WHERE id < 4
SELECT corr(price, weight), covar_pop(price, weight), covar_samp(price, weight), regr_slope(price, weight), regr_intercept(price, weight), regr_r2(price, weight), regr_count(price, weight) FROM products
SELECT var_pop(salary), var_samp(salary), stddev_pop(salary), stddev(salary), variance(salary) FROM employees
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary) AS median, percentile_disc(0.9) WITHIN GROUP (ORDER BY salary) AS p90, mode() WITHIN GROUP (ORDER BY dept) AS m FROM employees
SELECT bit_and(id), bit_or(id), bit_xor(id), bool_and(id > 0), bool_or(id > 29) FROM employees
SELECT id & 3, id | 8, id << 2, id >> 1, ~id FROM products WHERE id < 4
SELECT 7 / 2.0, 7 % 4, -id, +id, 2 * (id - 1) FROM products WHERE id < 3
SELECT nullif(id, 3), coalesce(NULL, id), CASE WHEN id > 2 THEN 'big' WHEN id = 2 THEN 'two' END, CASE id WHEN 1 THEN 'one' ELSE 'other' END FROM products WHERE id < 5
-- Shapes of queries
SELECT * FROM stores
SELECT s.*, c.name AS customer FROM sales s LEFT JOIN customers c ON c.id = s.customer_id WHERE s.id < 10
SELECT DISTINCT country FROM customers
SELECT count(*), count(manager_id), count(DISTINCT dept) FROM employees
SELECT country, city, count(*) FROM customers GROUP BY country, city HAVING count(*) > 2 ORDER BY 3 DESC, 1, 2
SELECT e.name, m.name AS boss FROM employees e LEFT JOIN employees m ON m.id = e.manager_id ORDER BY e.id
SELECT * FROM orders NATURAL JOIN (SELECT id, name FROM stores) s ORDER BY id
SELECT * FROM supplies JOIN stock USING (product_id) WHERE available > 80 AND quantity > 90
SELECT a.id, b.id FROM stores a CROSS JOIN stores b WHERE a.id < b.id
SELECT c.id, t.n FROM customers c CROSS JOIN LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer_id = c.id) t WHERE c.id < 10
SELECT c.id, t.id FROM customers c LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.ordered DESC LIMIT 1) t ON true WHERE c.id < 10
SELECT id FROM orders WHERE customer_id = ANY (SELECT id FROM customers WHERE country = 'DE') ORDER BY id
SELECT id FROM products WHERE price >= ALL (SELECT price FROM products WHERE category = 'Home') ORDER BY id
SELECT id FROM customers WHERE (country, segment) IN (SELECT country, segment FROM customers WHERE id < 3) ORDER BY id
SELECT id FROM customers WHERE (country, segment) IN (('DE', 'BUILDING'), ('FR', 'MACHINERY'))
SELECT id FROM customers WHERE credit IS NOT NULL AND NOT (credit < 0) AND tags IS NULL ORDER BY id
SELECT country FROM customers UNION SELECT country FROM suppliers ORDER BY 1
SELECT country FROM customers EXCEPT SELECT country FROM stores ORDER BY country
SELECT product_id FROM sales INTERSECT SELECT product_id FROM stock ORDER BY 1
(SELECT id FROM stores ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM stores ORDER BY id DESC LIMIT 2)
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, l) JOIN stores ON stores.id = v.n
WITH RECURSIVE up (id, name, depth) AS (SELECT id, name, 0 FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.id, e.name, u.depth + 1 FROM employees e JOIN up u ON e.manager_id = u.id) SELECT depth, count(*) FROM up GROUP BY depth ORDER BY depth
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n
WITH RECURSIVE days AS (SELECT DATE '2024-01-01' AS d UNION ALL SELECT CAST(d + INTERVAL '1 day' AS date) FROM days WHERE d < DATE '2024-01-10') SELECT d, count(s.id) FROM days LEFT JOIN sales s ON CAST(s.sold AS date) = d GROUP BY d ORDER BY d
WITH a AS (SELECT id FROM stores), b AS (SELECT id FROM a WHERE id > 1), c AS (SELECT a.id FROM a JOIN b ON a.id = b.id) SELECT * FROM c ORDER BY id
SELECT id, (SELECT max(ordered) FROM orders WHERE customer_id = c.id) AS last FROM customers c WHERE id < 9
SELECT id FROM orders ORDER BY total DESC, id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY
SELECT id, total FROM orders ORDER BY total DESC NULLS LAST, id ASC NULLS FIRST LIMIT 5 OFFSET 3
SELECT category, count(*) FILTER (WHERE price > 50) AS dear, count(*) AS n FROM products GROUP BY category ORDER BY category
SELECT DISTINCT ON (customer_id) customer_id, id, total FROM orders ORDER BY customer_id, total DESC, id
SELECT id, id IS DISTINCT FROM 3 AS d, manager_id IS NOT DISTINCT FROM NULL AS top FROM employees ORDER BY id
SELECT country, segment, sum(credit) FROM customers GROUP BY ROLLUP (country, segment) ORDER BY country, segment
SELECT p.name FROM products p WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.product_id = p.id AND s.channel = 'web') ORDER BY p.name
SELECT "id", "name" AS "The Name" FROM "stores" ORDER BY "The Name"
SELECT 1 AS one, 'text' AS t, TRUE AS b, NULL AS n
SELECT avg(x) FROM (SELECT count(*) AS x FROM orders GROUP BY customer_id) AS per
