"""The allow-lists: what a statement may be made of. Whatever is not named here is refused."""

from sqlglot import exp

QUERIES: tuple[type[exp.Expr], ...] = (exp.Select, exp.SetOperation, exp.Subquery)
CHANGES: tuple[type[exp.Expr], ...] = (exp.Insert, exp.Update, exp.Delete, exp.Merge)

SURVEYS: tuple[type[exp.Expr], ...] = (exp.Summarize, exp.Describe)
"""What DuckDB tells about a table or query: read as all its columns."""

MODIFIERS = frozenset({"with_", "order", "limit", "offset"})
PARTS: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: MODIFIERS
    | {
        "expressions", "distinct", "from_", "joins", "where", "group", "having", "qualify",
        "windows", "sample",
    },
    exp.Union: MODIFIERS | {"this", "expression", "distinct", "by_name"},
    exp.Intersect: MODIFIERS | {"this", "expression", "distinct"},
    exp.Except: MODIFIERS | {"this", "expression", "distinct"},
    exp.Subquery: MODIFIERS | {"this", "alias", "joins", "pivots"},
    exp.Table: frozenset({
        "this", "db", "alias", "joins", "only", "ordinality", "sample", "pivots",
    }),
    exp.Pivot: frozenset({
        "expressions", "fields", "group", "columns", "alias", "unpivot", "pivot_column_naming",
    }),
    exp.Summarize: frozenset({"this"}),
    exp.Describe: frozenset({"this"}),
    exp.TableSample: frozenset({"method", "percent"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.Join: frozenset({"this", "on", "using", "side", "kind", "method"}),
    exp.Lateral: frozenset({"this", "alias", "ordinality"}),
    exp.Unnest: frozenset({"expressions", "alias", "offset"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.With: frozenset({"expressions", "recursive"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.Column: frozenset({"this", "table", "db"}),
    exp.Star: frozenset({"except_", "replace"}),
    exp.Insert: frozenset({"with_", "this", "expression", "conflict", "returning", "default"}),
    exp.Update: frozenset({"with_", "this", "expressions", "from_", "where", "returning"}),
    exp.Delete: frozenset({"with_", "this", "using", "where", "returning"}),
    exp.Merge: frozenset({"with_", "this", "using", "on", "whens", "returning"}),
    exp.When: frozenset({"matched", "source", "condition", "then"}),
    exp.OnConflict: frozenset(
        {"expressions", "action", "conflict_keys", "index_predicate", "where"}
    ),
    exp.Returning: frozenset({"expressions"}),
    exp.Group: frozenset({"expressions", "grouping_sets", "cube", "rollup", "all"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression", "limit_options"}),
    exp.Offset: frozenset({"expression"}),
    exp.Fetch: frozenset({"direction", "count", "limit_options"}),
    exp.LimitOptions: frozenset({"rows", "percent"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "alias", "over"}),
    exp.DataType: frozenset({"this", "expressions", "nested"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe"}),
    exp.Literal: frozenset({"this", "is_string"}),
}  # fmt: skip
"""Nodes that have more parts than we understand, with the parts that we do."""

JOINS = {
    "side": frozenset({"", "LEFT", "RIGHT", "FULL"}),
    "kind": frozenset({"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"}),
    "method": frozenset({"", "NATURAL", "ASOF", "POSITIONAL"}),
}

PLAIN: frozenset[type[exp.Expr]] = frozenset({
    exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Parameter, exp.Paren, exp.Tuple,
    exp.Alias, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Collate,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Array, exp.Bracket, exp.Slice,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Any, exp.All, exp.Exists,
    exp.Like, exp.ILike, exp.SimilarTo, exp.Escape, exp.RegexpLike, exp.RegexpILike,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe, exp.Pow,
    exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift,
    exp.BitwiseRightShift, exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps,
    exp.Overlaps, exp.AtTimeZone, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract,
    exp.JSONBExtractScalar, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey,
    exp.JSONPathSubscript,
    exp.Where, exp.Having, exp.Qualify, exp.Group, exp.GroupingSets, exp.Rollup, exp.Cube,
    exp.Order, exp.Ordered, exp.Limit, exp.LimitOptions, exp.Fetch, exp.Offset, exp.Distinct,
    exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls,
    exp.Kwarg, exp.PropertyEQ, exp.JSONKeyValue, exp.JSONBContainsTopKey,
    exp.Glob, exp.JSONBContains, exp.JSONBContainsAnyTopKeys,
    exp.JSONBContainsAllTopKeys, exp.JSONBDeleteAtPath, exp.RegexpFullMatch,
})  # fmt: skip
"""Expressions that read only what their children read."""

TYPES = frozenset({
    exp.DType.ARRAY, exp.DType.BIGINT, exp.DType.BLOB, exp.DType.BOOLEAN, exp.DType.BPCHAR,
    exp.DType.CHAR, exp.DType.DATE, exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT,
    exp.DType.INT, exp.DType.INT128, exp.DType.INTERVAL, exp.DType.JSON, exp.DType.JSONB,
    exp.DType.LIST, exp.DType.SMALLINT, exp.DType.TEXT, exp.DType.TIME, exp.DType.TIMETZ,
    exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.TINYINT,
    exp.DType.UBIGINT, exp.DType.UINT, exp.DType.USMALLINT, exp.DType.UTINYINT, exp.DType.UUID,
    exp.DType.VARBINARY, exp.DType.VARCHAR,
})  # fmt: skip
"""Types to cast to. No `regclass` and its family: such a cast looks things up for its caller."""

SPANS = frozenset({
    "CENTURY", "DAY", "DECADE", "HOUR", "MICROSECOND", "MILLENNIUM", "MILLISECOND", "MINUTE",
    "MONTH", "QUARTER", "SECOND", "WEEK", "YEAR",
})  # fmt: skip
UNITS = (
    SPANS
    | {f"{span}S" for span in SPANS}
    | {
        "CENTURIES", "MILLENNIA", "DOW", "DOY", "EPOCH", "ISODOW", "ISOYEAR", "DAYOFWEEK",
        "DAYOFYEAR", "DAYOFMONTH", "WEEKDAY", "WEEKOFYEAR", "YEARWEEK", "JULIAN", "TIMEZONE",
        "TIMEZONE_HOUR", "TIMEZONE_MINUTE", "ERA",
    }
)  # fmt: skip
"""Bare words that are no names: the parts of a date."""
