"""Asks DuckDB what Daybook was asked, and shows where the answers differ.

usage: compare.py DIR [--show N]

DIR is what `differential` wrote. Exits with 1 when an answer differs.

Where the two understand SQL differently, and what is done about it:

| SQL | Daybook, as PostgreSQL | DuckDB | here |
|---|---|---|---|
| `7 / 2` of integers | 3 | 3.5 | `SET integer_division = true` |
| `x / 0`, `x % 0` | error | NULL | divisors are `nullif(..., 0)` |
| sum of integers | error past 64 bits | 128 bits | sums stay small |
| `CAST(double AS text)` | `5` | `5.0` | not asked |
| `reverse`, `lpad`, negative `left` | by code point | by grapheme | not asked |
| `mode`, `any_value`, `arg_min` among equals | smallest, first | any | not asked |
| `date_trunc` of a date, `extract` | timestamp, double | date, bigint | compared by value |
| backslash in LIKE | escapes | is itself | not asked |
| time zones | session's | needs ICU | UTC only |
"""

import argparse
import datetime
import json
import math
import pathlib
import sys

import duckdb


def load(folder):
    connection = duckdb.connect()
    connection.execute("SET integer_division = true")
    # DuckDB 2.0.0 keeps intermediate sums in too few bits for their negative values, and then fails.
    connection.execute("SET disabled_optimizers = 'compressed_materialization'")
    try:
        connection.execute("SET TimeZone = 'UTC'")
    except duckdb.Error:
        pass  # Without ICU there are no zones but UTC.
    tables = json.loads((folder / "tables.json").read_text())
    for name, columns in tables.items():
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns)
        connection.execute(f"CREATE TABLE {name} ({listed})")
        path = folder / f"{name}.csv"
        if path.stat().st_size == 0:
            continue
        types = ", ".join(f"'{column}': '{kind}'" for column, kind in columns)
        connection.execute(
            f"INSERT INTO {name} SELECT * FROM read_csv('{path}', header = false, "
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
            f"allow_quoted_nulls = false, columns = {{{types}}})")
    return connection


def daybook_value(value, kind):
    if value is None:
        return None
    if kind == "double precision":
        return float(value)
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(value)
    if kind == "timestamptz":
        return datetime.datetime.fromisoformat(value + ":00").replace(tzinfo=None)
    return value


def duckdb_value(value, kind):
    if value is None:
        return None
    if kind == "double precision":
        return float(value)
    if kind == "bigint":
        return int(value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.date() if kind == "date" else value
    if isinstance(value, datetime.date) and kind == "timestamp":
        return datetime.datetime(value.year, value.month, value.day)
    return value


def sort_key(row):
    def key(value):
        if value is None:
            return (2, 0)
        if isinstance(value, float):
            return (1, 0) if math.isnan(value) else (0, value)
        return (0, value)

    return tuple(key(value) for value in row)


def is_same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1)
    return a == b


def difference(query, connection):
    """Why the answers differ, or None."""
    try:
        answer = connection.execute(query["sql"]).fetchall()
    except duckdb.Error as error:
        if "error" in query:
            return None
        return f"DuckDB fails: {str(error).splitlines()[0]}"
    if "error" in query:
        return f"Daybook fails: {query['error']}"
    types = query["types"]
    ours = [[daybook_value(*cell) for cell in zip(row, types)] for row in query["rows"]]
    theirs = [[duckdb_value(*cell) for cell in zip(row, types)] for row in answer]
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, DuckDB {len(theirs)}"
    if not query["ordered"]:
        ours.sort(key=sort_key)
        theirs.sort(key=sort_key)
    for index, (row, other) in enumerate(zip(ours, theirs)):
        if not all(map(is_same, row, other)):
            return f"row {index}: {row}, DuckDB {other}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--show", type=int, default=10, help="differences to show")
    options = parser.parse_args()
    asked = failed = shown = 0
    for folder in sorted(options.folder.iterdir(), key=lambda path: int(path.name)):
        connection = load(folder)
        with open(folder / "queries.ndjson", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                query = json.loads(line)
                asked += 1
                found = difference(query, connection)
                if found is None:
                    continue
                failed += 1
                if shown < options.show:
                    shown += 1
                    print(f"seed {folder.name}, query {number}: {found}\n  {query['sql']}\n")
        connection.close()
    print(f"{asked} queries, {asked - failed} agree with DuckDB {duckdb.__version__}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
