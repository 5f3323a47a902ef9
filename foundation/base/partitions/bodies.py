"""What the functions of a partitioned table say.

Those that the provider's role may call take no argument: there is nothing in them to lie about.
They read the time and the bounds from the database, and may be called at any time, by several.
"""

from collections.abc import Sequence

from foundation.base.partitions.functions import Function

ADD = Function(
    "partition_add",
    "tables text[], suffix text, first text, until text",
    """
DECLARE
    whole text; part text; watch text;
BEGIN
    IF to_regclass(tables[1] || suffix) IS NOT NULL THEN
        RETURN 0;
    END IF;
    FOREACH whole IN ARRAY tables LOOP
        part := whole || suffix;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                       part, whole, first, until);
        -- A trigger for each row comes along by itself, one for each statement does not.
        FOR watch IN SELECT pg_get_triggerdef(oid, true) FROM pg_trigger
                     WHERE tgrelid = whole::regclass AND NOT tgisinternal AND tgtype & 1 = 0 LOOP
            EXECUTE replace(watch, ' ON ' || whole || ' ', ' ON ' || part || ' ');
        END LOOP;
    END LOOP;
    RETURN 1;
EXCEPTION
    -- Somebody else has made it; rows of this time are in the default partition and stay there;
    -- or somebody is reading for long, and it is made the next time.
    WHEN duplicate_table OR check_violation OR lock_not_available THEN
        RETURN 0;
END
""",
)
"""Makes one partition of each of these tables, or none of any; returns whether it did."""


def arguments_of_add(bound: str) -> str:
    """Return what ADD takes behind the tables, from the moments `first` and `until`."""
    bounds = (f"{bound.format(moment=moment)}::text" for moment in ("first", "until"))
    return ", ".join(("to_char(first AT TIME ZONE 'UTC', '\"_\"YYYYMMDD')", *bounds))


def making(name: str, tables: Sequence[str], every: str, ahead: int, bound: str) -> Function:
    """Return the function that makes the partition of now, and so many that come after it."""
    body = f"""
DECLARE
    first timestamptz := date_trunc('{every}', statement_timestamp());
    until timestamptz;
    made integer := 0;
BEGIN
    FOR step IN 0..{ahead} LOOP
        until := first + interval '1 {every}';
        made := made + {ADD.name}({_array(tables)}, {arguments_of_add(bound)});
        first := until;
    END LOOP;
    RETURN made;
END
"""
    return Function(name, "", body, is_definer=True)


def over(by_type: str, bound: str) -> str:
    """Return SQL for whether the time of the partition `c` is over; not for others in WHERE."""
    until = "substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)$')"
    now = bound.format(moment="statement_timestamp()")
    return f"coalesce({until}::{by_type} <= {now}, false)"


def dropping(name: str, tables: Sequence[str], look: str, is_over: str) -> Function:
    """Return the function that drops what is over and of which no row is `needed`.

    It looks twice: before it holds anybody up, and when nobody can be writing any more. What is
    committed meanwhile it sees, which is why it wants READ COMMITTED.
    """
    locked = ", ".join(f"ONLY {table}" for table in tables)
    body = f"""
DECLARE
    part record; goes text; is_needed boolean; dropped integer := 0;
    look text := '{look.replace("'", "''")}';
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'partitions are dropped at READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    FOR part IN
        SELECT c.oid::regclass::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound,
               {is_over} AS is_over
        FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        WHERE inhparent = '{tables[0]}'::regclass ORDER BY c.relname
    LOOP
        CONTINUE WHEN NOT part.is_over;
        EXECUTE format(look, part.name) INTO is_needed;
        CONTINUE WHEN is_needed;
        BEGIN
            LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE;
            SELECT string_agg(c.oid::regclass::text, ', ') INTO goes
            FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
            WHERE inhparent = ANY ({_array(tables)}::regclass[])
                  AND pg_get_expr(c.relpartbound, c.oid) = part.bound;
            CONTINUE WHEN goes IS NULL;  -- somebody else has dropped it
            EXECUTE 'LOCK TABLE ' || goes || ' IN ACCESS EXCLUSIVE MODE';
            EXECUTE format(look, part.name) INTO is_needed;
            CONTINUE WHEN is_needed;
            EXECUTE 'DROP TABLE ' || goes;
            dropped := dropped + 1;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody is reading for long: the next time
        END;
    END LOOP;
    RETURN dropped;
END
"""  # noqa: S608 - constants
    return Function(name, "", body, is_definer=True)


def _array(tables: Sequence[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{table}'" for table in tables) + "]"
