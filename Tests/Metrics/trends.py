"""Asks the service for trends of what ends with each day and of activation, and DuckDB the same over the same rows.

What DuckDB is asked is written down a second time from Documentation/metrics.md: for each anchor the distinct
people of the local days that end with it, for each bucket the first signups in it. Estimates of HyperLogLog have to be
near, and the same whether days, weeks or months are asked for.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Service"))
from service import BINARY, FOLDER, UNLIMITED, Service  # noqa: E402

ACTIVE = "user_id IS NOT NULL AND event_type <> 'email_sent'"
GENERATED = "event_type IN ('image_generate_succeeded', 'video_generate_succeeded')"
FIRST, LAST = "2026-02-05", "2026-04-10"
METRICS = ["active_users", "dau", "wau", "mau", "stickiness", "activation_rate"]
QUESTIONS = [
    (zone, grain, role) for zone in ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Pacific/Apia")
    for grain in ("day", "week", "month") for role in (None, "user")
]


def ask(service, **parameters):
    query = urllib.parse.urlencode({"organizations": "all", "breakdowns": "models", **parameters})
    request = urllib.request.Request(
        service.url(f"/api/admin/overview/trends?{query}"), headers={"Authorization": f"Bearer {service.token()}"})
    return json.load(urllib.request.urlopen(request, timeout=60))


def database(data):
    db = duckdb.connect()
    for table, columns in (("events", "ts, event_type, user_id"), ("users", "user_id, role")):
        file = f"{data}-{table}.csv"
        with open(file, "w") as rows:
            subprocess.run([BINARY, "query", "--data", data, "--format", "csv", f"SELECT {columns} FROM {table}"],
                           stdout=rows, check=True)
        types = "{'ts': 'TIMESTAMP'}" if table == "events" else "{'user_id': 'VARCHAR'}"
        db.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{file}', header=true, types={types})")
    return db


def expected(db, zone, grain, role):
    people = "" if role is None else f" AND user_id IN (SELECT user_id FROM users WHERE role = '{role}')"
    local = f"(ts AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    db.execute(f"""
      CREATE OR REPLACE TEMP TABLE active AS SELECT DISTINCT {local}::DATE AS day, user_id FROM events
        WHERE {ACTIVE}{people} AND {local}::DATE <= DATE '{LAST}';
      CREATE OR REPLACE TEMP TABLE buckets AS
        SELECT date_trunc('{grain}', day)::DATE AS bucket, max(day) AS anchor, min(day) AS first
        FROM (SELECT unnest(range(DATE '{FIRST}', DATE '{LAST}' + 1, INTERVAL 1 DAY))::DATE AS day) GROUP BY 1;
      CREATE OR REPLACE TEMP TABLE firsts AS
        SELECT user_id, date_trunc('{grain}', {local})::DATE AS bucket, min(ts) AS began FROM events
        WHERE event_type = 'signup' AND user_id IS NOT NULL{people}
          AND {local}::DATE BETWEEN DATE '{FIRST}' AND DATE '{LAST}' GROUP BY 1, 2""")

    def trailing(days):
        return f"(SELECT count(DISTINCT user_id) FROM active WHERE day > anchor - {days} AND day <= anchor)"

    return db.execute(f"""
      SELECT (SELECT count(DISTINCT user_id) FROM active WHERE day BETWEEN first AND anchor),
        {trailing(1)}, {trailing(7)}, {trailing(30)}, {trailing(1)} / nullif({trailing(30)}, 0),
        (SELECT avg(CASE WHEN EXISTS (SELECT 1 FROM events g WHERE g.user_id = s.user_id AND {GENERATED}
            AND g.ts >= began AND g.ts < began + INTERVAL 168 HOUR) THEN 1.0 ELSE 0.0 END)
          FROM firsts s WHERE s.bucket = b.bucket)
      FROM buckets b ORDER BY bucket""").fetchall()


def main():
    data = tempfile.mkdtemp(dir=FOLDER)
    subprocess.run([BINARY, "generate", "--data", data, "--days", "100", "--users", "700", "--start", "2026-01-01"],
                   check=True, capture_output=True)
    db = database(data)
    service = Service(*UNLIMITED, "--set", "retention.days=0", data=data)
    checked = wrong = 0
    for zone, grain, role in QUESTIONS:
        parameters = {"from": FIRST, "to": LAST, "time_zone": zone, "grain": grain}
        if role:
            parameters["role"] = role
        answer = ask(service, metrics=",".join(METRICS), **parameters)
        near = ask(service, metrics="active_users,wau,mau", distinct="approximate", **parameters)
        rows = expected(db, zone, grain, role)
        for series in answer["series"] + near["series"]:
            place = METRICS.index(series["id"])
            bound = 0.03 if series in near["series"] else 1e-12
            for bucket, value, row in zip(answer["buckets"], series["values"], rows, strict=True):
                checked += 1
                right = row[place]
                if (value is None) != (right is None) or value is not None and abs(value - right) > bound * max(right, 1):
                    wrong += 1
                    print(f"{zone} {grain} {role}: {series['id']} at {bucket['start']} is {value}, DuckDB has {right}")
    service.stop()
    print(f"{checked} values over time compared with DuckDB, {wrong} differ")
    sys.exit(1 if wrong else 0)


main()
