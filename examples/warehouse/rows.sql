-- The data: invented, of realistic size, and the same on every machine. DuckDB's dialect.
-- Every value is a function of its row's number: pick('salt', i, n) is a number below n that looks
-- like chance and never changes. Nothing belongs to anybody.

CREATE TEMP MACRO pick(salt, i, n)
    AS CAST(md5_number_lower('2026:' || salt || ':' || i) % n AS INTEGER);
CREATE TEMP MACRO one_of(salt, i, list) AS list[1 + pick(salt, i, len(list))];
CREATE TEMP MACRO digits(salt, i, n) AS
    lpad(CAST(md5_number_lower('2026:' || salt || ':' || i) % (10 ** n)::UBIGINT AS VARCHAR), n, '0');
CREATE TEMP MACRO full_name(i) AS
    one_of('first', i, ['Amara', 'Boris', 'Carla', 'Deniz', 'Elin', 'Farid', 'Greta', 'Hugo',
        'Ines', 'Jonas', 'Keiko', 'Lars', 'Mina', 'Noor', 'Oskar', 'Petra', 'Quinn', 'Rosa', 'Samir',
        'Tilda'])
    || ' ' || one_of('last', i, ['Adler', 'Bergman', 'Costa', 'Dietz', 'Engel', 'Fischer', 'Grant',
        'Hartmann',
        'Ito', 'Jansen', 'Kaya', 'Lindgren', 'Moreau', 'Novak', 'Okafor', 'Pavlov', 'Reyes', 'Silva', 'Tanaka',
        'Vogel']);
CREATE TEMP MACRO region_of(salt, i) AS
    one_of(salt, i, ['Nordics', 'DACH', 'Benelux', 'Iberia', 'UK & Ireland']);
CREATE TEMP MACRO project_of(salt, i) AS one_of(salt, i, ['atlas', 'borealis', 'cirrus']);
CREATE TEMP MACRO iban_of(salt, i) AS 'XX' || digits(salt, i, 18);

INSERT INTO finance.customers
SELECT i,
    full_name(i + 50000) || one_of('form', i, [' Ltd', ' GmbH', ' AB', ' SA', ' BV']),
    region_of('customer region', i),
    one_of('segment', i, ['enterprise', 'mid-market', 'small business']),
    'accounts-' || i || '@customer.example'
FROM range(1, 2001) AS numbers(i);

INSERT INTO finance.payments
SELECT i,
    DATE '2025-01-01' + pick('day', i, 690),
    region_of('region', i),
    project_of('project', i),
    1 + pick('customer', i, 2000),
    one_of('method', i, ['card', 'card', 'transfer', 'invoice']) AS method,
    one_of('currency', i, ['EUR', 'EUR', 'EUR', 'GBP', 'SEK']),
    CAST((500 + pick('amount', i, 250000) + pick('tail', i, 40) ** 3) / 100
        AS DECIMAL(12, 2)),
    CASE WHEN method = 'card' THEN '4000' || digits('card', i, 12) END,
    CASE WHEN method = 'transfer' THEN iban_of('payer', i) END
FROM range(1, 120001) AS numbers(i);

INSERT INTO finance.budgets
SELECT project, quarter,
    CAST(900000 + pick('plan', project || quarter, 400000) AS DECIMAL(12, 2)),
    CAST(700000 + pick('spent', project || quarter, 600000) AS DECIMAL(12, 2))
FROM unnest(['atlas', 'borealis', 'cirrus']) AS projects(project),
    unnest(['2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1', '2026-Q2',
        '2026-Q3']) AS quarters(quarter);

INSERT INTO hr.employees
SELECT i,
    full_name(i),
    'person-' || i || '@example.com',
    one_of('department', i, ['finance', 'engineering', 'sales', 'operations',
        'people', 'data governance']),
    one_of('title', i, ['Associate', 'Specialist', 'Senior Specialist', 'Lead',
        'Director']) AS title,
    region_of('office', i),
    project_of('team', i),
    DATE '2011-01-01' + pick('hired', i, 5500),
    CASE WHEN i > 8 THEN 1 + pick('manager', i, 8) END,
    CAST(38000 + 17000 * list_position(['Associate', 'Specialist',
        'Senior Specialist', 'Lead', 'Director'], title) + 100 * pick('pay', i, 180)
        AS DECIMAL(12, 2)),
    iban_of('employee', i)
FROM range(1, 801) AS numbers(i);

INSERT INTO hr.absences
SELECT 1 + pick('who', i, 800),
    DATE '2025-01-01' + pick('from', i, 690),
    1 + pick('days', i, 12),
    one_of('kind', i, ['holiday', 'holiday', 'holiday', 'sick leave', 'parental leave'])
FROM range(1, 6001) AS numbers(i);
