r"""Where Daybook (as PostgreSQL) and DuckDB understand SQL differently: the one place that says so.

`REWRITES` turn golden SQL into DuckDB's spelling of the same; `DIFFERENCES` list what is left: the
reason, the golden files (a regular expression for the whole name), and what the SQL contains.
The random queries of `compare.py` have a list of their own, of what is not asked.
"""

import re


def decoded(match):
    """U&'\\00e9': DuckDB has no such literals."""
    return "'" + re.sub(r"\\([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), match[1]) + "'"


def one_at_a_time(match):
    """ALTER TABLE with several actions."""
    actions = re.split(r",\s*(?=(?:ADD|DROP|RENAME|ALTER)\b)", match[2])
    return "; ".join(f"{match[1]} {action}" for action in actions)


REWRITES = [
    (r"(?s)^(ALTER TABLE (?:IF EXISTS )?\w+) (.*)$", one_at_a_time, "one action at a time"),
    (r"(?s)^SECURITY LABEL .*", "SELECT 1 WHERE false", "no labels"),
    (r"(?i)\bPARTITION\s+BY\s+DAY\s*\(\s*\w+\s*\)", "", "tables are not partitioned"),
    (r"U&'((?:[^']|'')*)'", decoded, "no Unicode literals"),
    (r"\bat\b", '"at"', "a reserved word"),
    (r"(?i)\bCREATE DOMAIN (\w+) AS text", r"CREATE TYPE \1 AS varchar", "no domains"),
    (r"\bDROP TABLE (\w+), (\w+)", r"DROP TABLE \1; DROP TABLE \2", "one table at a time"),
    (r"\bpublic\.(\w+)", r"\1", "another name of the schema"),
    (r"'\{([\w,. ]*)\}'(?!::json)", r"'[\1]'", "arrays as text have other brackets"),
    (r"(?s)^COPY .* TO STDOUT.*", "SELECT 1 WHERE false", "its standard output is this script's"),
    (r"\bbtrim\(", "trim(", "another name"),
    (r"\bevery\(", "bool_and(", "another name"),
    (r"\b(?:now\(\)|current_timestamp\b)", "TIMESTAMPTZ '2024-05-31 12:00:00+00'", "a fixed now"),
    (r"\bcurrent_date\b", "DATE '2024-05-31'", "a fixed now"),
]

DIFFERENCES = [
    ("retention, materialized views and columns of states are Daybook's own", "retention", r""),
    ("snapshots and as_of are Daybook's own", "as_of", r""),
    ("arrays of text are spelled with quotes where needed", "literals", r"'b,c'"),
    ("a whole double is spelled 5.0", "aggregates", r"percentile_cont\(ARRAY"),
    ("a whole double is spelled 5.0", "literals", r"ARRAY\[0\.5, 1\]|5\.0::double"),
    ("arg_max and max_by pass over nulls of the result", "aggregates", r"arg_min\(g, x\)"),
    ("any_value takes no order", "aggregates", r"any_value\(g ORDER BY"),
    ("no sum of intervals", "aggregates", r"sum\(i\)"),
    ("0.1 is a decimal there, and doubles are added without compensation", "aggregates", r"1e16"),
    ("no operator #", "arithmetic", r"5 # 3"),
    ("the smallest integer % -1 overflows", "arithmetic", r"% -1"),
    ("FILTER does not protect from a division by zero", "arithmetic", r"sum\(a / b\) FILTER"),
    ("an interval is not divided", "dates", r"/ 2"),
    ("centuries begin in years such as 2000", "dates", r"'century'"),
    ("seconds are whole", "dates", r"extract\(second"),
    ("milliseconds are spelled with three digits", "dates", r"to_timestamp\(0\)"),
    ("no BC before a time", "dates", r"BC'"),
    ("months and days are added up when spelled", "group_by", r"INTERVAL '1 month'"),
    ("months and days are added up when spelled", "literals", r"1 year 2 months"),
    ("a string that goes on after a newline has no escapes there", "literals", r"E'a'\n"),
    ("halves are rounded away from zero", "literals", r"2\.5::bigint"),
    ("varchar(n) does not cut", "literals", r"varchar\(3\)"),
    ("a backslash in LIKE is itself", "patterns", r"LIKE '(50\\%|%\\%%)'"),
    ("RE2 has no word boundaries \\m and \\M", "patterns", r"\\mbar"),
    ("no regexp_substr", "patterns", r"regexp_substr"),
    ("no such functions", "subqueries", r"retention\("),
    ("a fraction that is null is refused", "aggregates", r"percentile_cont\(NULL"),
    ("24 hours are no day in lists", "arrays", r"interval '1 hour' \* n"),
    ("no such functions", "journeys", r"retention|window_funnel|funnel_times|session|trailing"),
    ("far from zero digits are lost", "regression", r"1000000001"),
    ("a line that does not exist is NaN, not null", "regression", r"corr\(|regr_slope\("),
    ("its own sketches, with other names", "sketches", r"hll|tdigest|approx_count_distinct\(user_id, 10\)"),
    ("its own sketches, with other names", "windows", r"hll"),
    ("no initcap", "strings", r"initcap"),
    ("octet_length is for blobs", "strings", r"octet_length"),
    ("negative positions count from the end", "strings", r"substr\('abcdef', -1"),
    ("lpad and rpad need their third argument", "strings", r"lpad\('abcdef', 3\)"),
    ("no BETWEEN SYMMETRIC", "three_valued_logic", r"SYMMETRIC"),
    ("a frame past the range of integers is an error", "windows", r"RANGE BETWEEN 9 PRECEDING"),
    ("the columns of VALUES have other names", "create_table_as|views", r"column[12]"),
    ("the engine describes itself otherwise", r"\w+", r"^(SHOW TABLES|DESCRIBE \S+)$"),
    ("nothing is hidden", "redaction", r"email|mail|people"),
    ("the engine describes itself otherwise", "labels", r"label"),
    ("materialized views are Daybook's own", "labels", r"MATERIALIZED VIEW"),
    ("no COMPRESSION of a column, which \"calls\" has", "tables", r"COMPRESSION|calls"),
    ("the engine describes itself otherwise", "system_tables", r"system\.|sizes|information_schema"),
    ("a natural join needs a column in common", "distinct_on|joins", r"NATURAL JOIN"),
    ("no sum of intervals", "distinct_on", r"avg\(x\), sum\(x\)"),
    ("documents are spelled anew", "json", r"doc ->> 1"),
    ("no operators #> and #>>, other functions of json", "json",
     r"#>|json_extract_path|json_typeof|json_array_elements"),
    ("half of a surrogate pair is malformed", "json", r"ud800"),
    ("PREPARE takes no types and looks names up", "prepared", r"PREPARE typed|EXECUTE typed|PREPARE gone"),
    ("no DEALLOCATE ALL", "prepared", r"DEALLOCATE ALL"),
    ("buckets of timestamptz are those of UTC", "time_buckets", r"time_bucket\('1 day', timestamptz"),
    ("buckets of timestamptz are those of UTC", "time_buckets",
     r"time_bucket\('6 hours', timestamptz|time_bucket\('1 hour', t\)"),
    ("an age has no months", "time_buckets", r"age\(timestamp "),
    ("milliseconds are spelled with three digits, years BC otherwise", "time_buckets", r"make_timestamp\(-1"),
    ("no width_bucket", "time_buckets", r"width_bucket"),
    ("no to_char", "time_buckets|to_char", r"to_char"),
    ("string_to_array of an empty text has an element", "unnest", r"string_to_array"),
    ("unnest takes one array", "unnest", r"unnest\(ARRAY\[1, 2\], "),
    ("a date plus a bigint", "unnest", r"DATE '2024-01-30' \+ id"),
    ("generate_series in a select list is an array", "unnest", r"generate_series\(7, 8\)"),
    ("ON CONFLICT needs a key", "upserts", r"plain"),
    ("one view at a time", "views", r"DROP VIEW IF EXISTS nothing, shares"),
    ("texts in arrays are quoted otherwise", "arrays", r"b,c"),
    ("arrays have no second dimension to ask for", "arrays", r"array_length\(ARRAY\[1, 2\], 2\)"),
    ("array functions take fewer arguments", "arrays", r"array_position|array_to_string|string_to_array"),
    ("an element is not added by ||", "arrays", r"0 \|\| ARRAY"),
    ("no array_remove", "arrays", r"array_remove"),
    ("a null is contained in an array with a null", "arrays", r"ARRAY\[NULL, 1\] @>"),
    ("ANY of a null array is false", "arrays", r"ANY \(NULL::bigint"),
    ("DISTINCT in array_agg does not sort", "arrays", r"array_agg\(DISTINCT"),
    ("a view takes on columns that its tables get", "alter_table", r"FROM slow ORDER BY id"),
]
