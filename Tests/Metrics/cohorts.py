"""Asks the service for cohorts, funnels and completion, and DuckDB the same over the same rows.

What DuckDB is asked is written down a second time from Documentation/http-api.md: cohorts by joins on local
dates, steps by joins of each event with the ones after it. Medians follow the definition of `funnel_times` in
Python, from each first step on. usage: cohorts.py [--data FOLDER of real data sets]
"""

import argparse
import bisect
import datetime as dt
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zoneinfo

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Service"))
from service import BINARY, FOLDER, UNLIMITED, Service  # noqa: E402

ACTIVE = "user_id IS NOT NULL AND event_type <> 'email_sent'"
COLUMNS = ("ts, event_type, user_id, organization_id, session_id, feature, model, status, country,"
           " resource_id, course_id")
STEP = {"day": "INTERVAL 1 DAY", "week": "INTERVAL 7 DAY", "month": "INTERVAL 1 MONTH"}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])}: {done.stderr}")
    return done.stdout


# --- The data -------------------------------------------------------------------------------


def generated(data):
    run(BINARY, "generate", "--data", data, "--days", "100", "--users", "700", "--start", "2026-01-01")


def real(data, folder):
    """What AI agents did, answers on a question site, and purchases, as events of people."""
    # Tables that keep their days: these are old.
    service = Service("--set", "retention.days=0", data=data)
    service.stop()
    duckdb.execute(f"""
      COPY (
        SELECT (timestamp AT TIME ZONE 'UTC')::TIMESTAMP AS ts,
          CASE type WHEN 'assistant' THEN 'chat' WHEN 'user' THEN 'page_view'
            WHEN 'attachment' THEN 'upload' ELSE 'api_call' END AS event_type,
          session AS user_id, coalesce(project, 'none') AS organization_id, model
        FROM read_csv('{folder}/agent-telemetry-events.csv.gz', types={{'timestamp': 'TIMESTAMPTZ'}})
        WHERE timestamp IS NOT NULL
        UNION ALL BY NAME
        SELECT (committed_at AT TIME ZONE 'UTC')::TIMESTAMP AS ts,
          CASE status WHEN 'up' THEN 'login' WHEN 'down' THEN 'logout' ELSE 'api_call' END AS event_type,
          site AS user_id, repo AS organization_id, site AS resource_id
        FROM read_csv('{folder}/http-probes.csv.gz', quote='"', types={{'committed_at': 'TIMESTAMPTZ'}})
      ) TO '{data}.csv' (HEADER)""")
    run(BINARY, "load", f"{data}.csv", "--into", "events", "--data", data)


def database(data):
    db = duckdb.connect()
    file = f"{data}-rows.csv"
    with open(file, "w") as rows:
        subprocess.run(
            [BINARY, "query", "--data", data, "--format", "csv", f"SELECT {COLUMNS} FROM events"],
            stdout=rows, check=True)
    users = f"{data}-users.csv"
    with open(users, "w") as rows:
        subprocess.run(
            [BINARY, "query", "--data", data, "--format", "csv", "SELECT user_id, role FROM users"],
            stdout=rows, check=True)
    db.execute(f"""
      CREATE TABLE events AS SELECT * FROM read_csv('{file}', types={{'ts': 'TIMESTAMP'}}, all_varchar=false,
        auto_detect=true, sample_size=-1);
      CREATE TABLE users AS SELECT * FROM read_csv('{users}', header=true, columns={{'user_id': 'VARCHAR', 'role': 'VARCHAR'}});
    """)
    return db


class Asking:
    def __init__(self, service):
        self.base, self.token = service.url(""), service.token()

    def ask(self, path, parameters, body=None):
        query = urllib.parse.urlencode(
            [("organizations", "all")] + parameters, doseq=True)
        request = urllib.request.Request(
            f"{self.base}{path}?{query}", data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        try:
            return json.load(urllib.request.urlopen(request, timeout=60))
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}?{query}: {error.read().decode()}")


# --- Questions ------------------------------------------------------------------------------


def window(first, last, zone):
    """UTC bounds of local days, as SQL."""
    info = zoneinfo.ZoneInfo(zone)

    def start(text, days=0):
        day = dt.date.fromisoformat(text) + dt.timedelta(days=days)
        local = dt.datetime(day.year, day.month, day.day, tzinfo=info)
        return local.astimezone(dt.timezone.utc).strftime("TIMESTAMP '%Y-%m-%d %H:%M:%S'")

    return start(first), start(last, 1)


def where(filters):
    sql = ""
    for name, value in filters:
        sql += (f" AND user_id IN (SELECT user_id FROM users WHERE role = '{value}')"
                if name == "role" else f" AND {name} = '{value}'")
    return sql


def retention(db, first, last, zone, grain, periods, begun, types, mode, filters):
    start, end = window(first, last, zone)
    local = f"((ts AT TIME ZONE 'UTC') AT TIME ZONE '{zone}')"
    came = ACTIVE if not types else "user_id IS NOT NULL AND event_type IN ({})".format(
        ", ".join(f"'{name}'" for name in types))
    begin = ACTIVE if begun == "first_activity" else "event_type = 'signup' AND user_id IS NOT NULL"
    later = "=" if mode == "bounded" else ">="
    return db.execute(f"""
      WITH rows AS (SELECT * FROM events WHERE ts < {end}{where(filters)}),
      firsts AS (SELECT user_id, date_trunc('{grain}', min({local})) AS cohort FROM rows WHERE {begin}
        GROUP BY user_id HAVING min(ts) >= {start}),
      cohorts AS (SELECT unnest(generate_series(date_trunc('{grain}', DATE '{first}'), DATE '{last}',
        {STEP[grain]})) AS cohort),
      visits AS (SELECT DISTINCT user_id, date_trunc('{grain}', {local}) AS period FROM rows
        WHERE ts >= {start} AND {came})
      SELECT c.cohort::DATE, (SELECT count(*) FROM firsts f WHERE f.cohort = c.cohort),
        list((SELECT CASE WHEN c.cohort + (k + 1) * {STEP[grain]} <= DATE '{last}' + 1 THEN
          count(DISTINCT v.user_id) END FROM firsts f JOIN visits v USING (user_id)
          WHERE f.cohort = c.cohort AND v.period {later} c.cohort + k * {STEP[grain]}) ORDER BY k)
      FROM cohorts c, range({periods + 1}) AS r(k) GROUP BY c.cohort ORDER BY c.cohort""").fetchall()


def chains(db, start, end, steps, seconds, filters, keys="user_id", extra=""):
    """For each key the milliseconds between the steps of its chain."""
    found = {}
    types = ", ".join(f"'{step['event_type']}'" for step in steps)
    rows = db.execute(f"""SELECT {keys}, event_type, model, epoch_ms(ts) FROM events
      WHERE ts >= {start} AND ts < {end} AND user_id IS NOT NULL AND event_type IN ({types}){extra}
      {where(filters)}""").fetchall()
    events = {}
    for *key, kind, model, time in rows:
        for number, step in enumerate(steps):
            wanted = step.get("where", {}).get("model")
            if kind == step["event_type"] and (wanted is None or model in wanted):
                events.setdefault(tuple(key), [[] for _ in steps])[number].append(time)
    for key, times in events.items():
        for step in times:
            step.sort()
        best = []
        for begin in times[0]:
            chain = [begin]
            for step in times[1:]:
                place = bisect.bisect_left(step, chain[-1])
                if place == len(step) or step[place] > begin + seconds * 1000:
                    break
                chain.append(step[place])
            if len(chain) > len(best) or len(chain) == len(best) and chain[-1] <= best[-1]:
                best = chain
        if best:
            found[key] = best
    return found


def joined(db, start, end, steps, seconds, filters):
    """People of each step, by joins."""
    counts = []
    for count in range(1, len(steps) + 1):
        tables, conditions = [], []
        for number, step in enumerate(steps[:count]):
            models = step.get("where", {}).get("model")
            extra = f" AND model IN ({', '.join(repr(m) for m in models)})" if models else ""
            tables.append(
                f"(SELECT DISTINCT user_id, ts FROM events WHERE ts >= {start} AND ts < {end} AND user_id IS NOT NULL"
                f" AND event_type = '{step['event_type']}'{extra}{where(filters)}) AS e{number}")
            if number:
                conditions.append(
                    f"e{number}.user_id = e0.user_id AND e{number}.ts >= e{number - 1}.ts"
                    f" AND e{number}.ts <= e0.ts + INTERVAL {seconds} SECOND")
        sql = tables[0] + "".join(
            f" JOIN {table} ON {condition}" for table, condition in zip(tables[1:], conditions))
        counts.append(db.execute(f"SELECT count(DISTINCT e0.user_id) FROM {sql}").fetchone()[0])
    return counts


def near(a, b):
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


class Comparison:
    checked = wrong = 0

    def same(self, what, mine, theirs):
        self.checked += 1
        equal = (
            len(mine) == len(theirs) and all(near(a, b) for a, b in zip(mine, theirs))
            if isinstance(mine, list) else near(mine, theirs))
        if not equal:
            self.wrong += 1
            print(f"{what}: {mine}, DuckDB has {theirs}")


def compare(db, asking, questions, funnels, things, comparison):
    for first, last, zone, grain, periods, begun, types, mode, filters in questions:
        name = f"retention {first} {last} {zone} {grain} {begun} {types} {mode} {filters}"
        answer = asking.ask("/api/admin/retention", [
            ("from", first), ("to", last), ("time_zone", zone), ("grain", grain), ("periods", periods),
            ("first", begun), ("mode", mode), ("return", types or ["any"]), *filters])
        expected = retention(db, first, last, zone, grain, periods, begun, types, mode, filters)
        comparison.same(f"{name}: cohorts", len(answer["cohorts"]), len(expected))
        for cohort, (day, users, retained) in zip(answer["cohorts"], expected):
            comparison.same(f"{name} {day}: users", cohort["users"], users)
            comparison.same(f"{name} {day}", cohort["retained"], retained)
    for first, last, zone, steps, seconds, filters in funnels:
        name = f"funnel {[step['event_type'] for step in steps]} {seconds} {zone} {filters}"
        start, end = window(first, last, zone)
        answer = asking.ask(
            "/api/admin/funnel", [("from", first), ("to", last), ("time_zone", zone), *filters],
            {"steps": steps, "within_seconds": seconds, "by": "role", "limit": 100})
        mine = [step["users"] for step in answer["steps"]]
        comparison.same(name, mine, joined(db, start, end, steps, seconds, filters))
        found = chains(db, start, end, steps, seconds, filters)
        for number in range(1, len(steps)):
            spans = [chain[number] - chain[number - 1] for chain in found.values() if len(chain) > number]
            comparison.same(
                f"{name}: median {number}", answer["steps"][number]["median_seconds"],
                statistics.median(spans) / 1000 if spans else None)
        roles = dict(db.execute("SELECT user_id, role FROM users").fetchall())
        for group in answer["groups"]:
            chosen = [chain for (user,), chain in found.items() if roles.get(user) == group["name"]]
            comparison.same(
                f"{name}: {group['name']}", [step["users"] for step in group["steps"]],
                [sum(len(chain) > number for chain in chosen) for number in range(len(steps))])
    for first, last, by, types in things:
        start, end = window(first, last, "UTC")
        steps = [{"event_type": kind} for kind in types]
        answer = asking.ask("/api/admin/completion", [
            ("from", first), ("to", last), ("by", by), ("step", types), ("limit", 100)])
        found = chains(db, start, end, steps, 10**9, [], f"{by}, user_id", f" AND {by} IS NOT NULL")
        comparison.same(
            f"completion {by}", [step["users"] for step in answer["steps"]],
            [sum(len(chain) > number for chain in found.values()) for number in range(len(steps))])
        comparison.same(f"completion {by}: things", answer["total"], len({key[0] for key in found}))
        for thing in answer["things"]:
            chosen = [chain for key, chain in found.items() if key[0] == thing["name"]]
            comparison.same(
                f"completion {by} {thing['name']}", [step["users"] for step in thing["steps"]],
                [sum(len(chain) > number for chain in chosen) for number in range(len(steps))])


def kinds(*names):
    return [{"event_type": name} for name in names]


WHOLE = ("2026-01-01", "2026-04-10")
QUESTIONS = [
    (*WHOLE, "UTC", "week", 12, "first_activity", [], "bounded", []),
    (*WHOLE, "Asia/Kolkata", "week", 4, "signup", [], "bounded", []),
    ("2026-02-01", "2026-03-31", "America/New_York", "day", 30, "first_activity", [], "bounded", []),
    ("2026-02-01", "2026-03-31", "Asia/Kathmandu", "day", 14, "signup", [], "unbounded", []),
    (*WHOLE, "Europe/Berlin", "month", 3, "first_activity", [], "bounded", []),
    (*WHOLE, "UTC", "week", 6, "signup", ["chat", "image_generate_succeeded"], "bounded", []),
    (*WHOLE, "UTC", "week", 6, "first_activity", ["export"], "unbounded", [("role", "manager")]),
    (*WHOLE, "UTC", "week", 6, "first_activity", [], "bounded", [("event_type", "chat")]),
]
FUNNELS = [
    (*WHOLE, "UTC", kinds("signup", "image_generate_succeeded"), 604_800, []),
    (*WHOLE, "Asia/Kolkata", kinds("login", "chat", "export"), 86_400, []),
    ("2026-02-01", "2026-03-01", "UTC", kinds("page_view", "upload", "chat"), 3_600, []),
    ("2026-02-01", "2026-03-01", "UTC", kinds("chat", "chat"), 60, [("role", "user")]),
    (*WHOLE, "UTC", [{"event_type": "chat", "where": {"model": ["atlas-3", "iris-2"]}}, {"event_type": "export"}],
     86_400, []),
]
THINGS = [
    (*WHOLE, "course_id", ["course_start", "lesson_complete", "course_complete"]),
    (*WHOLE, "resource_id", ["video_play", "lesson_complete"]),
]

REAL = ("2026-05-01", "2026-07-31")
REAL_QUESTIONS = [
    (*REAL, "UTC", "week", 8, "first_activity", [], "bounded", []),
    (*REAL, "Asia/Kolkata", "day", 10, "first_activity", ["chat", "logout"], "unbounded", []),
]
REAL_FUNNELS = [
    (*REAL, "UTC", kinds("page_view", "chat", "upload"), 3_600, []),
    (*REAL, "Asia/Kolkata", kinds("login", "logout", "login"), 86_400, []),
]
REAL_THINGS = [(*REAL, "resource_id", ["login", "logout"])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=os.environ.get("DAYBOOK_SHARED_DATA"))
    options = parser.parse_args()
    comparison = Comparison()
    sets = ["generated"]
    if options.data and pathlib.Path(options.data, "http-probes.csv.gz").exists():
        sets.append("real")
    for name in sets:
        data = tempfile.mkdtemp(dir=FOLDER)
        if name == "generated":
            generated(data)
        else:
            real(data, options.data)
        db = database(data)
        service = Service(*UNLIMITED, "--set", "retention.days=0", data=data)
        asking = Asking(service)
        compare(
            db, asking, *((QUESTIONS, FUNNELS, THINGS) if name == "generated"
                          else (REAL_QUESTIONS, REAL_FUNNELS, REAL_THINGS)), comparison)
        service.stop()
    print(f"{comparison.checked} cohorts and funnels compared with DuckDB, {comparison.wrong} differ")
    sys.exit(1 if comparison.wrong else 0)


main()
