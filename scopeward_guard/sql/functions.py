"""The functions a statement may call: same answer, no side effect, no look outside its arguments.

A function that reads files, settings, sequences, other queries or the catalogue of the server
sits in an ordinary SELECT like any other, so unknown ones are refused.
"""

from sqlglot import exp

AGGREGATES: frozenset[type[exp.Expr]] = frozenset({
    exp.AnyValue, exp.ApproxDistinct, exp.ArgMax, exp.ArgMin, exp.ArrayAgg, exp.Avg, exp.Corr,
    exp.Count, exp.CountIf, exp.CovarPop, exp.CovarSamp, exp.First, exp.GroupConcat,
    exp.Grouping, exp.JSONArrayAgg, exp.JSONBObjectAgg, exp.JSONObjectAgg, exp.Kurtosis,
    exp.Last, exp.LogicalAnd, exp.LogicalOr,
    exp.Max, exp.Median, exp.Min, exp.Mode, exp.PercentileCont, exp.PercentileDisc,
    exp.Quantile, exp.Skewness, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Sum,
    exp.Variance, exp.VariancePop,
})  # fmt: skip

WINDOW: frozenset[type[exp.Expr]] = frozenset({
    exp.CumeDist, exp.DenseRank, exp.FirstValue, exp.Lag, exp.LastValue, exp.Lead,
    exp.NthValue, exp.Ntile, exp.PercentRank, exp.Rank, exp.RowNumber,
})  # fmt: skip

SCALARS: frozenset[type[exp.Expr]] = frozenset({
    exp.Abs, exp.Ascii, exp.Cbrt, exp.Ceil, exp.Chr, exp.Concat, exp.ConcatWs, exp.Contains,
    exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Date, exp.DateAdd,
    exp.DateDiff, exp.DateFromParts, exp.DateSub, exp.DateTrunc, exp.Day, exp.DayOfMonth,
    exp.DayOfWeek, exp.DayOfYear, exp.Degrees, exp.EndsWith, exp.Exp, exp.Extract, exp.Floor,
    exp.Greatest, exp.Hour, exp.Initcap, exp.LastDay, exp.Least, exp.Left, exp.Length,
    exp.Levenshtein, exp.Ln, exp.Localtime, exp.Localtimestamp, exp.Log, exp.Lower,
    exp.MakeInterval, exp.MD5, exp.Minute, exp.Month, exp.Overlay, exp.Pad, exp.Pi,
    exp.Quarter, exp.Radians, exp.RegexpExtract, exp.RegexpReplace, exp.Replace, exp.Reverse,
    exp.Right, exp.Round, exp.SHA2, exp.Second, exp.Sign, exp.Split, exp.SplitPart, exp.Sqrt,
    exp.StartsWith, exp.StrPosition, exp.StrToDate, exp.StrToTime, exp.StringToArray,
    exp.Substring, exp.TimeToStr, exp.TimestampTrunc, exp.ToChar, exp.Translate, exp.Trim,
    exp.Trunc, exp.Unicode, exp.Upper, exp.Week, exp.WeekOfYear, exp.WidthBucket, exp.Year,
    exp.ArrayContains, exp.ArraySize, exp.ArrayToString, exp.JSONObject, exp.ToNumber,
})  # fmt: skip

SETS: frozenset[type[exp.Expr]] = frozenset({
    exp.Explode, exp.ExplodingGenerateSeries, exp.GenerateSeries,
})  # fmt: skip
"""Functions that return rows."""

BY_NAME = frozenset({
    "age", "array_length", "array_position", "array_to_json", "bit_length", "bool_and", "bool_or",
    "btrim", "cardinality", "char_length", "coalesce", "convert_to", "date_part", "div", "encode",
    "epoch", "every", "isfinite", "json_agg", "json_array_length", "json_build_array",
    "json_build_object", "json_extract", "json_object_agg", "json_typeof", "jsonb_agg",
    "jsonb_array_length", "jsonb_build_array", "jsonb_build_object", "jsonb_object_agg",
    "jsonb_typeof", "justify_days", "justify_hours", "len", "list_contains", "make_date",
    "octet_length", "row", "row_to_json", "sha256", "starts_with", "strlen", "to_json",
    "to_jsonb", "to_timestamp",
})  # fmt: skip
"""Functions for which the parser has no kind of its own, in lower case."""

SETS_BY_NAME = frozenset({
    "json_array_elements", "json_array_elements_text", "json_each", "json_each_text",
    "json_object_keys", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_each",
    "jsonb_each_text", "jsonb_object_keys", "range",
})  # fmt: skip

ALLOWED = AGGREGATES | WINDOW | SCALARS | SETS


def is_allowed(function: exp.Expr) -> bool:
    """Tell whether an expression may call this function."""
    if isinstance(function, exp.Anonymous):
        return called(function) in BY_NAME | SETS_BY_NAME
    return type(function) in ALLOWED


def is_allowed_as_table(function: exp.Expr) -> bool:
    """Tell whether FROM may call this function."""
    if isinstance(function, exp.Anonymous):
        return called(function) in SETS_BY_NAME
    return type(function) in SETS


def called(function: exp.Expr) -> str:
    """Return the name a person would know the function by, in lower case."""
    if isinstance(function, exp.Anonymous):
        return str(function.this).lower()
    names = function.sql_names() if isinstance(function, exp.Func) else [type(function).__name__]
    return names[0].lower()
