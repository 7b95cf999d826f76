"""Runs the golden files on DuckDB: answers must be the ones in the files.

usage: golden.py [FILE.slt ...]

Without files: all of Tests/Golden. Where the two understand SQL differently stands in dialect.py and
nowhere else. Exits with 1 when an answer differs without being listed there, or when what is listed
there applies to nothing any more.
"""

import datetime
import decimal
import math
import pathlib
import re
import sys

import duckdb

import dialect

KINDS = ("statement ok", "query", "error", "plan")
NOW = "2024-05-31 12:00:00"


def records(text):
    """(line, kind, SQL, lines of the answer) of each record."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        start = index
        index += 1
        if lines[start] not in KINDS:
            continue
        while index < len(lines) and lines[index]:
            index += 1
        body = lines[start + 1:index]
        if "----" in body:
            split = body.index("----")
            yield start + 1, lines[start], "\n".join(body[:split]), body[split + 1:]
        else:
            yield start + 1, lines[start], "\n".join(body), []


def interval(value):
    """As PostgreSQL spells what has no months: `-2 days -12:00:00`."""
    sign = "-" if value < datetime.timedelta(0) else ""
    seconds = round(abs(value).total_seconds() * 1000) / 1000
    days, seconds = divmod(seconds, 86400)
    parts = [f"{sign}{days:.0f} day{'' if sign + f'{days:.0f}' == '1' else 's'}"] if days else []
    if seconds or not days:
        whole = int(seconds)
        parts.append(f"{sign}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}")
        if fraction := round((seconds - whole) * 1000):
            parts[-1] += f".{fraction:03}".rstrip("0")
    return " ".join(parts)


def spelled(value):
    """A value of DuckDB's as golden files spell it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            text = value.isoformat(sep=" ", timespec="milliseconds")
            text, zone = text[:-6], text[-6:]
            zone = zone.removesuffix(":00")
        else:
            text, zone = value.isoformat(sep=" ", timespec="milliseconds"), ""
        return text.removesuffix(".000") + zone
    if isinstance(value, datetime.timedelta):
        return interval(value)
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(spelled(item) for item in value) + "}"
    text = str(value)
    if not text:
        return "(empty)"
    return text.replace("\n", "\\n").replace("\t", "\\t")


def is_same(ours, theirs):
    """`ours` as text, `theirs` as DuckDB's value."""
    if isinstance(theirs, (float, decimal.Decimal)) and not isinstance(theirs, bool):
        try:
            number = float(ours.replace("Infinity", "inf"))
        except ValueError:
            return False
        theirs = float(theirs)
        if math.isnan(theirs) or math.isnan(number):
            return math.isnan(theirs) and math.isnan(number)
        return number == theirs or abs(number - theirs) <= 1e-9 * max(abs(number), abs(theirs))
    text = spelled(theirs)
    # A date of one engine may be a midnight of the other, a whole double an integer.
    return text == ours or text + " 00:00:00" == ours or text == ours + " 00:00:00"


def difference(answer, rows, is_ordered):
    theirs = list(rows)
    ours = [line.split(" | ") for line in answer]
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, DuckDB {len(theirs)}"
    if not is_ordered:
        ours.sort()
        theirs.sort(key=lambda row: [spelled(value) for value in row])
    for row, other in zip(ours, theirs):
        if len(row) != len(other):
            return f"{len(row)} columns, DuckDB {len(other)}"
        if not all(map(is_same, row, other)):
            return " | ".join(row) + "\n  DuckDB: " + " | ".join(map(spelled, other))
    return None


def is_change(sql):
    """Statements that DuckDB answers with a number of rows, or on its standard output."""
    return re.match("COPY", sql) or re.search(r"(?i)\b(insert into|update|delete from)\b", sql) and "RETURNING" not in sql


def connect():
    connection = duckdb.connect()
    connection.execute("SET integer_division = true")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'")
    connection.execute("SET threads = 2")
    return connection


def translated(sql):
    for pattern, replacement, _ in dialect.REWRITES:
        sql = re.sub(pattern, replacement, sql)
    return sql


def main(paths):
    counts = dict(agree=0, listed=0, differ=0, set_up=0)
    used = set()
    for path in paths:
        connection = connect()
        for line, kind, sql, answer in records(path.read_text(encoding="utf-8")):
            if kind in ("error", "plan"):
                continue
            reason = next(
                (index for index, (_, file, pattern) in enumerate(dialect.DIFFERENCES)
                 if re.fullmatch(file, path.stem) and re.search(pattern, sql)), None)
            try:
                rows = connection.execute(translated(sql)).fetchall()
                found = None
                if kind == "query" and not is_change(sql):
                    found = difference(answer, rows, re.search(r"(?i)\border\s+by\b", sql))
            except duckdb.Error as error:
                found = f"DuckDB fails: {str(error).splitlines()[0]}"
            if found is None:
                counts["agree" if kind == "query" else "set_up"] += 1
            elif reason is not None:
                used.add(reason)
                counts["listed"] += 1
            else:
                counts["differ"] += 1
                print(f"{path.name}:{line}: {sql}\n  {found}\n")
        connection.close()
    stale = [entry for index, entry in enumerate(dialect.DIFFERENCES) if index not in used]
    if len(paths) > 1:
        for reason, file, pattern in stale:
            print(f"dialect.py lists {file}: {pattern!r} ({reason}), but nothing differs there\n")
    print(
        f"golden files: {counts['agree']} answers agree with DuckDB {duckdb.__version__}, "
        f"{counts['listed']} differ as dialect.py says, {counts['differ']} differ otherwise")
    return 1 if counts["differ"] or (stale and len(paths) > 1) else 0


if __name__ == "__main__":
    folder = pathlib.Path(__file__).resolve().parent.parent / "Golden"
    files = [pathlib.Path(name) for name in sys.argv[1:]] or sorted(folder.glob("*.slt"))
    sys.exit(main(files))
