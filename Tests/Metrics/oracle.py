"""Asks Daybook and DuckDB for every metric, over the same rows, and compares the values.

What DuckDB is asked is written down here a second time, from the definitions in
Documentation/metrics.md and not from the catalogue's SQL; windows are worked out by Python's own
time zones. usage: oracle.py --binary FILE [--data FOLDER of real data sets]
"""

import argparse
import datetime as dt
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

import duckdb

UTC = dt.timezone.utc

EVENTS = """ts, event_type, category, user_id, organization_id, session_id, feature, model, status,
  error_code, duration_ms, response_time_ms, prompt_tokens, completion_tokens, total_tokens, cost_usd,
  endpoint, status_code, country, gpu_seconds, cpu_seconds, gpu_utilization, bytes_delta,
  resource_type, resource_id, project_id, course_id"""

TYPES = {
    "ts": "timestamp", "duration_ms": "bigint", "response_time_ms": "bigint",
    "prompt_tokens": "bigint", "completion_tokens": "bigint", "total_tokens": "bigint",
    "cost_usd": "double precision", "status_code": "bigint", "gpu_seconds": "double precision",
    "cpu_seconds": "double precision", "gpu_utilization": "double precision",
    "bytes_delta": "bigint",
}

OTHERS = {
    "users": "user_id text PRIMARY KEY, organization_id text, role text, status text, domain text",
    "sessions": "session_id text PRIMARY KEY, organization_id text, user_id text,"
    " login_at timestamp, total_seconds bigint",
    "feedback": "ts timestamp, organization_id text, user_id text, model text, stars bigint",
    "threats": "ts timestamp, organization_id text, user_id text, severity text,"
    " threat_type text, resolved boolean",
    "resources": "resource_type text, resource_id text, organization_id text, user_id text,"
    " deleted_at timestamp, member_count bigint, is_shared boolean",
}

# Rates of storage: of whom, from when on, micro-dollars per GB and 30 days.
RATES = [("", "1970-01-01 00:00:00", 20_000), ("", "2026-02-20 00:00:00", 50_000),
         ("org-0003", "2026-02-01 12:00:00", 900_000), ("", "2026-03-02 06:00:00", 31_000)]


# --- The data -------------------------------------------------------------------------------


def generated(db, binary, folder):
    """A sample, with columns that the generator does not write made of those that it does."""
    subprocess.run(
        [binary, "generate", "--days", "75", "--users", "500", "--out", folder],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    db.execute(f"""
      CREATE TABLE raw AS SELECT row_number() OVER () AS n, *
        FROM read_csv('{folder}/events.csv', types={{'ts': 'TIMESTAMPTZ'}});
      CREATE TABLE events AS SELECT ts AT TIME ZONE 'UTC' AS ts,
        CASE WHEN event_type <> 'page_view' THEN event_type
          WHEN n % 13 = 0 THEN 'xai' WHEN n % 13 = 1 THEN 'user_invite'
          WHEN n % 13 = 2 THEN 'course_start' WHEN n % 39 = 3 THEN 'course_complete'
          WHEN n % 13 = 4 THEN 'storage_change' WHEN n % 39 = 5 THEN 'training_cancelled'
          ELSE event_type END AS event_type,
        category, CASE WHEN n % 17 = 0 THEN NULL ELSE user_id END AS user_id, organization_id,
        session_id, feature, model, status, error_code, duration_ms,
        CASE WHEN event_type = 'api_call' AND n % 3 > 0 THEN n % 900 END AS response_time_ms,
        prompt_tokens, completion_tokens, total_tokens, cost_usd, endpoint, status_code,
        CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 'DE' WHEN 2 THEN 'IN' ELSE 'US' END AS country,
        CASE WHEN event_type LIKE 'training_%' THEN (n % 7200)::DOUBLE END AS gpu_seconds,
        CASE WHEN n % 4 = 0 THEN (n % 3600)::DOUBLE END AS cpu_seconds,
        CASE WHEN event_type LIKE 'training_%' THEN (n % 101) / 101.0 END AS gpu_utilization,
        CASE WHEN event_type IN ('upload', 'page_view') AND n % 13 = 4
          THEN (n * 7919) % 5000000000 - 800000000 END AS bytes_delta,
        NULL::VARCHAR AS resource_type, NULL::VARCHAR AS resource_id,
        'p' || (n % 7) AS project_id,
        CASE WHEN n % 13 = 2 OR n % 39 = 3 THEN 'c' || (n % 5) END AS course_id FROM raw;
      CREATE TABLE users AS SELECT user_id, organization_id, role, status, domain
        FROM read_csv('{folder}/users.csv');
      CREATE TABLE sessions AS SELECT 's' || row_number() OVER () AS session_id, organization_id, user_id,
        min(ts) AS login_at, CASE WHEN count(*) % 9 > 0 THEN
          date_diff('second', min(ts), max(ts)) END AS total_seconds
        FROM events WHERE user_id IS NOT NULL GROUP BY session_id, organization_id, user_id;
      CREATE TABLE feedback AS SELECT ts, organization_id, user_id, model,
        CASE WHEN n % 11 > 0 THEN 1 + n % 5 END AS stars
        FROM (SELECT *, row_number() OVER (ORDER BY ts, user_id, event_type) AS n FROM events)
        WHERE n % 400 = 0;
      CREATE TABLE threats AS SELECT ts, organization_id, user_id,
        ['low', 'medium', 'high', 'critical'][1 + n % 4] AS severity,
        'custom' AS threat_type, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END AS resolved
        FROM (SELECT *, row_number() OVER (ORDER BY ts, user_id, event_type) AS n FROM events)
        WHERE n % 700 = 0;
      CREATE TABLE resources AS SELECT ['project', 'dataset', 'course'][1 + i % 3] AS resource_type,
        'r' || i AS resource_id, 'org-0001' AS organization_id, 'u-000001' AS user_id,
        CASE WHEN i % 5 = 0 THEN TIMESTAMP '2026-01-01' END AS deleted_at, i % 13 AS member_count,
        i % 2 = 0 AS is_shared FROM range(90) AS t(i);
    """)


def real(db, data):
    """Real logs as events: what an AI agent did, and whether web sites answered."""
    db.execute(f"""
      CREATE TABLE events AS SELECT {EVENTS} FROM (
        SELECT (timestamp AT TIME ZONE 'UTC')::TIMESTAMP
            + to_milliseconds(sequence % 3600000) AS ts,
          CASE type WHEN 'assistant' THEN 'chat' WHEN 'user' THEN 'page_view'
            WHEN 'attachment' THEN 'upload' ELSE 'api_call' END AS event_type,
          'inference' AS category, session AS user_id, project AS organization_id,
          session AS session_id, type AS feature, model, NULL::VARCHAR AS status,
          CASE WHEN tool_errors > 0 THEN 'tool_error' END AS error_code, NULL::BIGINT AS duration_ms,
          NULL::BIGINT AS response_time_ms, input_tokens AS prompt_tokens,
          output_tokens AS completion_tokens, input_tokens + output_tokens AS total_tokens,
          NULL::DOUBLE AS cost_usd, NULL::VARCHAR AS endpoint, NULL::BIGINT AS status_code,
          NULL::VARCHAR AS country, NULL::DOUBLE AS gpu_seconds, NULL::DOUBLE AS cpu_seconds,
          NULL::DOUBLE AS gpu_utilization, NULL::BIGINT AS bytes_delta,
          NULL::VARCHAR AS resource_type, NULL::VARCHAR AS resource_id,
          branch AS project_id, NULL::VARCHAR AS course_id
        FROM read_csv('{data}/agent-telemetry-events.csv.gz',
          types={{'timestamp': 'TIMESTAMPTZ'}}) WHERE timestamp IS NOT NULL
        UNION ALL BY NAME
        SELECT (committed_at AT TIME ZONE 'UTC')::TIMESTAMP AS ts, 'api_call' AS event_type,
          'api' AS category, site AS user_id, repo AS organization_id,
          CASE status WHEN 'up' THEN 'succeeded' WHEN 'down' THEN 'failed' END AS status,
          response_ms AS duration_ms, response_ms AS response_time_ms,
          nullif(http_code, 0) AS status_code, site AS endpoint
        FROM read_csv('{data}/http-probes.csv.gz', quote='"',
          types={{'committed_at': 'TIMESTAMPTZ'}})
          WHERE committed_at >= '2026-05-01');
      CREATE TABLE users AS SELECT user_id, min(organization_id) AS organization_id,
        CASE WHEN length(user_id) % 2 = 0 THEN 'user' ELSE 'manager' END AS role, 'active' AS status,
        'x.example' AS domain FROM events GROUP BY user_id;
      CREATE TABLE sessions AS SELECT session_id, min(organization_id) AS organization_id,
        min(user_id) AS user_id, min(ts) AS login_at,
        date_diff('second', min(ts), max(ts)) AS total_seconds
        FROM events WHERE session_id IS NOT NULL GROUP BY session_id;
      CREATE TABLE feedback AS SELECT ts, organization_id, user_id, model, 1 AS stars
        FROM events WHERE false;
      CREATE TABLE threats AS SELECT ts, organization_id, user_id, 'low' AS severity,
        'custom' AS threat_type, true AS resolved FROM events WHERE false;
      CREATE TABLE resources AS SELECT 'project' AS resource_type, 'r' AS resource_id,
        'o' AS organization_id, 'u' AS user_id, NULL::TIMESTAMP AS deleted_at, 1 AS member_count,
        true AS is_shared WHERE false;
    """)


def activation(db):
    """Who signed up, and who had a generation within a week of it."""
    db.execute("""
      CREATE TABLE signed AS SELECT user_id, min(ts) AS began FROM events
        WHERE event_type = 'signup' AND user_id IS NOT NULL GROUP BY user_id;
      CREATE TABLE activated AS SELECT DISTINCT s.user_id FROM signed s, events g
        WHERE g.user_id = s.user_id AND g.event_type LIKE '%_generate_succeeded'
          AND g.ts >= s.began AND g.ts < s.began + INTERVAL 168 HOUR;
    """)


def load(db, binary, folder):
    """The same rows into a data folder, in tables as those of the service."""
    data = f"{folder}/data"
    columns = ", ".join(
        f"{name} {TYPES.get(name, 'text')}" for name in EVENTS.replace("\n", " ").split(", "))
    columns = ", ".join(" ".join(part.split()) for part in columns.split(", "))
    statements = [f"CREATE TABLE events ({columns}) PARTITION BY DAY (ts)"]
    statements += [f"CREATE TABLE {name} ({what})" for name, what in OTHERS.items()]
    statements += ["CREATE TABLE prices (item text, model text, organization_id text, valid_from timestamp, rate bigint)"]
    statements += [f"INSERT INTO prices VALUES ('storage', '', '{org}', '{since}', {rate})" for org, since, rate in RATES]
    run([binary, "query", "--data", data, "; ".join(statements)])
    for table in ["events", *OTHERS]:
        names = (
            EVENTS if table == "events"
            else ", ".join(part.split()[0] for part in OTHERS[table].split(",")))
        file = f"{folder}/{table}.load.csv"
        db.execute(f"COPY (SELECT {names} FROM {table}) TO '{file}' (HEADER)")
        if db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
            run([binary, "load", file, "--into", table, "--data", data])
    return data


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command[:3])}: {result.stderr}")
    return result.stdout


# --- Windows --------------------------------------------------------------------------------


class Question:
    def __init__(self, name, first, last, zone, filters):
        self.name, self.zone, self.filters = name, zoneinfo.ZoneInfo(zone), filters
        self.zone_name = zone
        self.first, self.last = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        self.days = (self.last - self.first).days + 1

    def start(self, day):
        return dt.datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    @property
    def end(self):
        return self.start(self.last + dt.timedelta(days=1))

    def arguments(self):
        arguments = ["--from", str(self.first), "--to", str(self.last), "--timezone", self.zone_name]
        for name, value in self.filters:
            arguments += [f"--{name}", value]
        return arguments

    def people(self):
        """Conditions on rows of any table with people in it."""
        sql = ""
        for name in ("role", "status", "domain"):
            values = [value for key, value in self.filters if key == name]
            if values:
                names = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
                sql += f" AND (SELECT u.{name} FROM users u WHERE u.user_id = t.user_id) IN ({names})"
        for name, value in self.filters:
            if name == "organization":
                sql += f" AND t.organization_id = '{value}'"
            if name == "activated":
                sql += " AND t.user_id IN (SELECT user_id FROM signed)"
                sql += f" AND t.user_id {'' if value == 'true' else 'NOT '}IN (SELECT user_id FROM activated)"
        return sql


def stamp(moment):
    return "TIMESTAMP '" + moment.strftime("%Y-%m-%d %H:%M:%S") + "'"


# --- The definitions ------------------------------------------------------------------------

GENERATED = "event_type IN ('image_generate_succeeded', 'video_generate_succeeded')"
ENDED = ("(event_type LIKE 'image_generate_%' OR event_type LIKE 'video_generate_%')"
         " AND event_type NOT LIKE '%_requested'")
ACTIVE = "user_id IS NOT NULL AND event_type != 'email_sent'"
ERROR = "(coalesce(status, '') = 'failed' OR error_code IS NOT NULL OR coalesce(status_code, 0) >= 400)"
# The end of what another event began, or tokens of what has an event of its own.
ASKED = ("NOT (event_type = 'token_usage' OR event_type LIKE '%_succeeded' OR event_type LIKE '%_failed'"
         " OR event_type LIKE '%_completed' OR event_type LIKE '%_cancelled' OR event_type IN ('video_complete',"
         " 'quiz_complete', 'lesson_progress', 'lesson_complete', 'course_complete', 'email_opened', 'email_clicked'))")
MODEL_REQUEST = (
    "(event_type LIKE '%_generate_succeeded' OR event_type LIKE '%_generate_failed' OR event_type IN"
    " ('inference_completed', 'inference_failed', 'test_run', 'chat', 'rag_query')"
    " OR status IN ('succeeded', 'failed') AND (event_type = 'inference' OR model IS NOT NULL"
    " AND event_type != 'token_usage' AND event_type NOT LIKE '%_requested'))")
OUTCOME = "(status IS NOT NULL OR error_code IS NOT NULL OR status_code IS NOT NULL)"


def oracle(db, q):
    def rows(table="events", time="ts", since=None, until=None):
        since = stamp(since or q.start(q.first))
        until = stamp(until or q.end)
        bounds = f"{time} >= {since} AND {time} < {until}" if time else "true"
        return f"(SELECT * FROM {table} t WHERE {bounds}{q.people()})"

    def one(sql):
        value = db.execute(sql).fetchone()[0]
        return None if value is None else float(value)

    def count(condition="true", source=None):
        return one(f"SELECT count(CASE WHEN {condition} THEN 1 END) FROM {source or rows()}")

    def people(condition=ACTIVE, source=None):
        return one(
            f"SELECT count(*) FROM (SELECT DISTINCT user_id FROM {source or rows()}"
            f" WHERE user_id IS NOT NULL AND {condition})")

    def share(upper, lower):
        return None if not lower else (0.0 if upper is None else upper) / lower

    def total(expression, source=None):
        return one(f"SELECT sum({expression}) FROM {source or rows()}")

    def mean(expression, condition="true", source=None):
        return one(f"SELECT avg({expression}) FROM {source or rows()} WHERE {condition}")

    def scaled(value, factor):
        return None if value is None else value / factor

    def storage(since, until):
        """Dollars: of each organisation and day, what was there for how long, times the rate when the day began."""
        first, last = (moment.astimezone(q.zone).date() for moment in (since, until - dt.timedelta(microseconds=1)))
        days = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
        if until <= since or not days:
            return None
        bounds = ", ".join(
            f"({stamp(max(since, q.start(day)))}, {stamp(min(until, q.start(day + dt.timedelta(days=1))))})" for day in days)
        rates = ", ".join(f"('{org}', TIMESTAMP '{moment}', {rate})" for org, moment, rate in RATES)
        micros = db.execute(f"""
          WITH days(day, until) AS (VALUES {bounds}), rates(org, since, rate) AS (VALUES {rates}),
          there AS (SELECT day, organization_id AS org,
              sum(bytes_delta::HUGEINT * date_diff('millisecond', greatest(ts, day), until)) AS byte_milliseconds
            FROM days JOIN {rows(since=dt.datetime(1, 1, 2, tzinfo=UTC), until=until)} e ON ts < until
            WHERE bytes_delta IS NOT NULL GROUP BY ALL)
          SELECT sum(round(byte_milliseconds::DOUBLE / 1000 / 1073741824 / 86400 / 30 * rate)) FROM (
            SELECT there.*, rate FROM there JOIN rates r ON r.since <= day AND (r.org = '' OR r.org = there.org)
            QUALIFY row_number() OVER (PARTITION BY there.org, day ORDER BY r.org = '', r.since DESC) = 1)
          WHERE byte_milliseconds > 0""").fetchone()[0]
        return None if micros is None else micros / 1e6

    def added(*parts):
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    def back(days):
        return q.start(q.last - dt.timedelta(days=days - 1))

    def type_is(name):
        return f"event_type = '{name}'"

    dau, wau, mau = (people(source=rows(since=back(days))) for days in (1, 7, 30))
    # What the command takes for now: the end of the last day with events.
    newest = db.execute("SELECT max(ts) FROM events").fetchone()[0].replace(tzinfo=UTC)
    now = q.start(newest.astimezone(q.zone).date() + dt.timedelta(days=1))
    signups = f"(SELECT user_id, min(ts) AS began FROM {rows()} WHERE event_type = 'signup' AND user_id IS NOT NULL GROUP BY 1)"
    mature = f"began <= {stamp(now - dt.timedelta(days=7))}"
    activated = f"""EXISTS (SELECT 1 FROM events g WHERE g.user_id = s.user_id AND {GENERATED}
      AND g.ts >= s.began AND g.ts < s.began + INTERVAL 168 HOUR)"""
    daily = [people(source=rows(since=q.start(day), until=q.start(day + dt.timedelta(days=1))))
             for day in (q.first + dt.timedelta(days=i) for i in range(q.days))]
    beginning = dt.datetime(1, 1, 2, tzinfo=UTC)
    firsts = db.execute(
        f"SELECT min(ts), max(ts) FROM {rows(since=beginning)} WHERE {ACTIVE} GROUP BY user_id"
    ).fetchall()
    spans = [tuple(m.replace(tzinfo=UTC).astimezone(q.zone).date() for m in pair) for pair in firsts]
    old = [(a, b) for a, b in spans if (q.last - a).days >= 30]
    sessions = rows("sessions", "login_at")
    known_sessions = count("total_seconds IS NOT NULL", sessions)
    calls = count(type_is("api_call"))
    trained, broke = count(type_is("training_completed")), count(type_is("training_failed"))
    cost, tokens = total("cost_usd"), total("total_tokens")
    kept = storage(q.start(q.first), min(q.end, now))
    month = added(total("cost_usd", rows(since=back(30))), storage(back(30), min(q.end, now)))
    before = added(total("cost_usd", rows(since=back(60), until=back(30))), storage(back(60), back(30)))
    # A period of which data cover a part would look like growth.
    begun = db.execute("SELECT min(ts) FROM events").fetchone()[0]
    if begun is None or back(60).astimezone(q.zone).date() < begun.replace(tzinfo=UTC).astimezone(q.zone).date():
        before = None
    resources = rows("resources", None)
    courses = f"SELECT user_id, course_id, max(event_type = 'course_complete') AS done FROM {rows()} WHERE course_id IS NOT NULL AND user_id IS NOT NULL GROUP BY 1, 2"
    last_day = min(now, q.end)
    return {
        "dau": dau, "wau": wau, "mau": mau, "stickiness": share(dau, mau),
        "activation_rate": share(
            one(f"SELECT count(*) FROM {signups} s WHERE {mature} AND {activated}"),
            one(f"SELECT count(*) FROM {signups} s WHERE {mature}")),
        "content_success_rate": share(count(GENERATED), count(ENDED)),
        "generation_latency_p50": one(
            f"SELECT quantile_cont(duration_ms, 0.5) FROM {rows()} WHERE {GENERATED}"),
        "generation_latency_p95": one(
            f"SELECT quantile_cont(duration_ms, 0.95) FROM {rows()} WHERE {GENERATED}"),
        "error_rate": share(count(ERROR), count(OUTCOME)),
        "average_dau": None if not any(daily) else sum(daily) / q.days,
        "active_users": people(),
        "active_users_24h": people(
            source=rows(since=last_day - dt.timedelta(hours=24), until=last_day)),
        "new_signups": people(type_is("signup")),
        "immature_signups": one(f"SELECT count(*) FROM {signups} s WHERE NOT {mature}"),
        "retention_30d": share(len([1 for a, b in old if (b - a).days >= 30]), len(old)),
        "sessions": count(source=sessions),
        "average_session_hours": share(scaled(total("total_seconds", sessions), 3600), known_sessions),
        "export_adoption_rate": share(people(type_is("export")), people()),
        "xai_adoption_rate": share(people(type_is("xai")), people()),
        "generations": count(GENERATED),
        "generations_failed": count(f"{ENDED} AND event_type LIKE '%failed'"),
        "generations_requested": count("event_type LIKE '%_generate_requested'"),
        "generation_latency_mean": mean("duration_ms", GENERATED),
        "feature_images": count(type_is("image_generate_requested")),
        "feature_videos": count(type_is("video_generate_requested")),
        "feature_projects": count(type_is("project_create")),
        "feature_email": count(type_is("email_sent")),
        "deployments": count(type_is("deployment")),
        "errors": count(ERROR), "outcomes": count(OUTCOME), "api_calls": calls,
        "api_error_rate": share(count(type_is("api_call") + " AND status_code >= 400"), calls),
        "api_response_time_mean": mean("coalesce(response_time_ms, duration_ms)", type_is("api_call")),
        "requests": count(f"(status_code IS NOT NULL OR endpoint IS NOT NULL) AND {ASKED}"),
        "events": count("event_type != 'token_usage'"),
        "model_requests": count(MODEL_REQUEST),
        "feature_uses": count(f"feature IS NOT NULL AND {ASKED} AND event_type NOT IN "
                              "('page_view', 'login', 'logout', 'heartbeat', 'storage_change')"),
        "activities": count(f"{ACTIVE} AND event_type != 'token_usage'"),
        "chats": count(type_is("chat")),
        "uploads": count("event_type IN ('upload', 'dataset_upload')"),
        "rag_queries": count(type_is("rag_query")),
        "token_records": count(type_is("token_usage")),
        "page_views": count(type_is("page_view")),
        "training_jobs": count(type_is("training_started")),
        "training_completed": trained, "training_failed": broke,
        "training_hours_mean": scaled(mean("duration_ms", type_is("training_completed")), 3600000),
        "training_success_rate": share(trained, trained + broke),
        "training_failure_rate": share(broke, trained + broke),
        "training_cancelled": count(type_is("training_cancelled")),
        "gpu_hours": scaled(total("gpu_seconds"), 3600),
        "cpu_hours": scaled(total("cpu_seconds"), 3600),
        "gpu_utilization": mean("gpu_utilization"),
        "storage_gb": scaled(total("bytes_delta", rows(since=beginning)), 1 << 30),
        "storage_growth_gb_per_day": scaled(total("bytes_delta"), (1 << 30) * q.days),
        "projects": count("resource_type = 'project' AND deleted_at IS NULL", resources),
        "members_per_project": mean(
            "member_count", "resource_type = 'project' AND deleted_at IS NULL", resources),
        "shared_datasets": count(
            "resource_type = 'dataset' AND deleted_at IS NULL AND is_shared", resources),
        "projects_created": count(type_is("project_create")),
        "invitations": count(type_is("user_invite")),
        "course_completion_rate": one(f"SELECT avg(done::INT) FROM ({courses})"),
        "rating_mean": mean("stars", source=rows("feedback")),
        "ratings": count("stars IS NOT NULL", rows("feedback")),
        "threats": count(source=rows("threats")),
        "threats_open": count("resolved IS DISTINCT FROM true", rows("threats")),
        "prompt_tokens": total("prompt_tokens"), "completion_tokens": total("completion_tokens"),
        "total_tokens": tokens,
        "unpriced_token_share": share(
            total("CASE WHEN cost_usd IS NULL THEN total_tokens END"), tokens),
        "usage_cost": cost, "storage_cost": kept, "total_cost": added(cost, kept),
        "gpu_cost": total("CASE WHEN gpu_seconds > 0 THEN cost_usd END"),
        "inference_cost": total("CASE WHEN gpu_seconds > 0 THEN NULL ELSE cost_usd END"),
        "cost_per_user": None if added(cost, kept) is None else share(added(cost, kept), people()),
        "training_cost": total("CASE WHEN category = 'training' THEN cost_usd END"),
        "cost_per_training_job": (lambda c: None if c is None else share(
            c, count(type_is("training_started"))))(
                total("CASE WHEN category = 'training' THEN cost_usd END")),
        "cost_30d": month,
        "cost_growth_rate": None if month is None or not before else month / before - 1,
        "export_users": people(type_is("export")), "xai_users": people(type_is("xai")),
    }


def near(a, b):
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def compare(db, binary, data, questions):
    wrong = checked = 0
    for q in questions:
        answer = json.loads(run(
            [binary, "metrics", "explain", "--json", "--data", data, *q.arguments()]))
        expected = oracle(db, q)
        for figure in answer:
            name = figure["id"]
            if name not in expected:
                sys.exit(f"error: DuckDB has no definition of {name}: write one into {__file__}")
            checked += 1
            if figure["unavailable"] or not near(figure["value"], expected[name]):
                wrong += 1
                print(f"{q.name}: {name} is {figure['value']}, DuckDB has {expected[name]}"
                      f" {figure['unavailable'] or ''}")
    return checked, wrong


QUESTIONS = [
    Question("30 days", "2026-02-14", "2026-03-15", "UTC", []),
    Question("7 days, India", "2026-02-20", "2026-02-26", "Asia/Kolkata", []),
    Question("a day, Nepal", "2026-03-01", "2026-03-01", "Asia/Kathmandu", []),
    Question("clocks change", "2026-03-05", "2026-03-12", "America/New_York", []),
    Question("everything", "2026-01-01", "2026-03-16", "Europe/Berlin", []),
    Question("managers", "2026-02-14", "2026-03-15", "UTC", [("role", "manager")]),
    Question("two roles, invited", "2026-01-10", "2026-03-10", "Asia/Kolkata",
             [("role", "manager"), ("role", "user"), ("status", "active")]),
    Question("one organisation", "2026-02-14", "2026-03-15", "UTC",
             [("organization", "org-0003")]),
    Question("activated", "2026-02-14", "2026-03-15", "UTC", [("activated", "true")]),
    Question("not activated", "2026-01-14", "2026-02-15", "America/New_York",
             [("activated", "false")]),
    Question("nothing", "2020-01-01", "2020-01-31", "UTC", []),
]

REAL = [
    Question("agents and sites", "2026-06-20", "2026-07-19", "UTC", []),
    Question("agents and sites, India", "2026-07-13", "2026-07-19", "Asia/Kolkata", []),
    Question("sites, managers", "2026-05-05", "2026-08-01", "Europe/Berlin", [("role", "manager")]),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", default=os.environ.get("DAYBOOK_SHARED_DATA"))
    options = parser.parse_args()
    checked = wrong = 0
    folder = tempfile.mkdtemp(prefix="metrics.")
    try:
        sets = [("generated", QUESTIONS)]
        if options.data and pathlib.Path(options.data, "http-probes.csv.gz").exists():
            sets.append(("real", REAL))
        for name, questions in sets:
            here = f"{folder}/{name}"
            os.mkdir(here)
            db = duckdb.connect()
            db.execute("SET TimeZone = 'UTC'")
            if name == "generated":
                generated(db, options.binary, here)
            else:
                real(db, options.data)
            activation(db)
            data = load(db, options.binary, here)
            now_checked, now_wrong = compare(db, options.binary, data, questions)
            checked, wrong = checked + now_checked, wrong + now_wrong
    finally:
        shutil.rmtree(folder)
    print(f"{checked} figures compared with DuckDB, {wrong} differ")
    sys.exit(1 if wrong else 0)


main()
