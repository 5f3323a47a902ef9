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
    exp.ApproxQuantile, exp.BitwiseAndAgg, exp.BitwiseOrAgg, exp.BitwiseXorAgg, exp.RegrAvgx,
    exp.RegrAvgy, exp.RegrCount, exp.RegrIntercept, exp.RegrR2, exp.RegrSlope, exp.RegrSxx,
    exp.RegrSxy, exp.RegrSyy,
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
    exp.Acos, exp.ArrayAppend, exp.ArrayConcat, exp.ArrayDistinct, exp.ArrayFilter, exp.ArrayMax,
    exp.ArrayMin, exp.ArrayPosition, exp.ArrayPrepend, exp.ArrayRemove, exp.ArraySlice,
    exp.ArraySort, exp.Asin, exp.Atan, exp.Atan2, exp.BitLength, exp.BitwiseCount, exp.Cos,
    exp.Cosh, exp.Cot, exp.DateBin, exp.DayOfWeekIso, exp.Dayname, exp.Decode, exp.Encode,
    exp.Flatten, exp.Format, exp.FromBase64, exp.Hex, exp.IsInf, exp.IsNan, exp.JSONArray,
    exp.JSONBExists, exp.ToMap, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONKeys,
    exp.JSONStripNulls,
    exp.JSONType, exp.JarowinklerSimilarity, exp.JustifyDays, exp.JustifyHours,
    exp.JustifyInterval, exp.Map, exp.MapKeys, exp.Mod, exp.Monthname, exp.Normalize, exp.Pow,
    exp.Rand, exp.RegexpCount, exp.RegexpExtractAll, exp.RegexpFullMatch, exp.RegexpInstr,
    exp.RegexpSplit, exp.RegexpSubstr, exp.Repeat, exp.SHA, exp.SHA2Digest, exp.Sin, exp.Sinh,
    exp.Struct, exp.StructExtract, exp.Tan, exp.Tanh, exp.TimeFromParts, exp.TimeToUnix,
    exp.TimestampFromParts, exp.ToBase64, exp.ToBinary, exp.ToDays, exp.Transform, exp.Typeof,
    exp.Unhex, exp.UnixToTime,
})  # fmt: skip

SETS: frozenset[type[exp.Expr]] = frozenset({
    exp.Explode, exp.ExplodingGenerateSeries, exp.GenerateSeries,
})  # fmt: skip
"""Functions that return rows."""

BY_NAME = frozenset({
    "all", "any",
    "add", "age", "array_extract", "array_length", "array_lower", "array_ndims", "array_position",
    "array_positions", "array_replace", "array_sort", "array_to_json", "array_upper",
    "array_value", "bar", "base64", "bin", "bit_count", "bit_length", "bool_and", "bool_or",
    "btrim", "cardinality", "century", "char_length", "clock_timestamp", "coalesce",
    "convert_from", "convert_to", "damerau_levenshtein", "date_part", "date_sub", "datesub",
    "decade", "div", "divide", "element_at", "encode", "entropy", "epoch", "epoch_ms", "epoch_ns",
    "epoch_us", "era", "even", "every", "favg", "fdiv", "fmod", "fsum", "gamma", "gcd", "geomean",
    "hamming", "hash", "histogram", "is_histogram_other_bin", "isfinite", "isoyear", "jaccard",
    "jaro_similarity", "json_agg", "json_array_length", "json_build_array", "json_build_object",
    "json_contains", "json_extract", "json_extract_path", "json_group_array", "json_group_object",
    "json_object_agg", "json_structure", "json_typeof", "json_valid", "jsonb_agg",
    "jsonb_array_length", "jsonb_build_array", "jsonb_build_object", "jsonb_extract_path",
    "jsonb_extract_path_text", "jsonb_insert", "jsonb_object_agg", "jsonb_path_exists",
    "jsonb_path_query_array", "jsonb_path_query_first", "jsonb_pretty", "jsonb_set",
    "jsonb_strip_nulls", "jsonb_typeof", "justify_days", "justify_hours", "kahan_sum", "lcm",
    "len", "lgamma", "list_aggregate", "list_any_value", "list_avg", "list_contains",
    "list_count", "list_extract", "list_first", "list_has_all", "list_has_any", "list_intersect",
    "list_last", "list_median", "list_position", "list_reduce", "list_reverse",
    "list_reverse_sort", "list_slice", "list_sort", "list_sum", "list_unique", "list_zip", "mad",
    "make_date", "map_entries", "map_extract", "map_values", "microsecond", "millennium",
    "millisecond", "min_scale", "multiply", "nextafter", "nfc_normalize", "now", "num_nonnulls",
    "num_nulls", "octet_length", "ord", "prefix", "printf", "product", "quote_ident",
    "quote_literal", "quote_nullable", "regexp_match", "regexp_matches", "regexp_split_to_array",
    "round_even", "row", "row_to_json", "scale", "sem", "sha224", "sha256", "starts_with",
    "statement_timestamp", "strip_accents", "strlen", "subtract", "suffix", "sum_no_overflow",
    "to_hours", "to_json", "to_jsonb", "to_minutes", "to_months", "to_seconds", "to_timestamp",
    "to_weeks", "to_years", "transaction_timestamp", "trim_scale", "try_strptime", "url_decode",
    "url_encode", "weekday", "yearweek",
})  # fmt: skip
"""Functions for which the parser has no kind of its own, in lower case."""

SETS_BY_NAME = frozenset({
    "json_array_elements", "json_array_elements_text", "json_each", "json_each_text",
    "json_object_keys", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_each",
    "jsonb_each_text", "jsonb_object_keys", "range", "regexp_split_to_table",
})  # fmt: skip

OWN_COLUMNS = {
    "json_array_elements": ("value",), "json_array_elements_text": ("value",),
    "json_each": ("key", "value"), "json_each_text": ("key", "value"),
    "jsonb_array_elements": ("value",), "jsonb_array_elements_text": ("value",),
    "jsonb_each": ("key", "value"), "jsonb_each_text": ("key", "value"),
}  # fmt: skip
"""What the columns of functions in FROM are called, besides their alias."""

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
