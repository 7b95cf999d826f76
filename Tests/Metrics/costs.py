"""Sends events to the service and asks it for costs and top lists; DuckDB works the same out from what was sent.

Nothing is taken from the service but its answers: DuckDB has the events as they were sent and the prices as they were set,
and finds the price of each event, its cost, what storage costs by the day, and what lists count, by the words of
Documentation/costs.md and Documentation/metrics.md. usage: costs.py
"""

import datetime as dt
import json
import math
import os
import random
import sys
import tempfile
import urllib.parse
import zoneinfo

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Service"))
from service import FOLDER, UNLIMITED, Service, check, command  # noqa: E402

UTC = dt.timezone.utc
DAY = dt.timedelta(days=1)
TODAY = dt.datetime.now(UTC).date()
KINDS = ["image_generate_requested", "image_generate_succeeded", "image_generate_failed", "video_generate_requested",
         "video_generate_succeeded", "chat", "chat", "rag_query", "token_usage", "inference", "inference_completed",
         "inference_failed", "test_run", "api_call", "api_call", "training_started", "training_completed", "storage_change",
         "storage_change", "upload", "page_view", "email_sent", "email_opened", "login", "lesson_complete", "export"]
COLUMNS = {
    "client_event_id": "VARCHAR", "ts": "TIMESTAMP", "organization_id": "VARCHAR", "user_id": "VARCHAR", "event_type": "VARCHAR",
    "status": "VARCHAR", "model": "VARCHAR", "feature": "VARCHAR", "endpoint": "VARCHAR", "status_code": "BIGINT",
    "error_code": "VARCHAR", "country": "VARCHAR", "project_id": "VARCHAR", "prompt_tokens": "BIGINT",
    "completion_tokens": "BIGINT", "total_tokens": "BIGINT", "cached_tokens": "BIGINT", "reasoning_tokens": "BIGINT",
    "gpu_seconds": "DOUBLE", "cost_usd": "DOUBLE", "bytes_delta": "BIGINT"}


# --- What is sent ---------------------------------------------------------------------------


def at(days, hours=0.0):
    """So many days before today."""
    start = dt.datetime.combine(TODAY - days * DAY, dt.time(), UTC) + dt.timedelta(hours=hours)
    return start.replace(microsecond=start.microsecond // 1000 * 1000)


def events(count, seed):
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.choice(KINDS)
        event = {
            "client_event_id": f"e{number}", "ts": at(60, chance.random() * 59 * 24),
            "organization_id": chance.choice(["acme", "acme", "bolt"]), "event_type": kind,
            "user_id": f"u{chance.randrange(12)}"}
        maybe = {
            "status": lambda: chance.choice(["succeeded", "succeeded", "failed", "pending", "cancelled"]),
            "model": lambda: chance.choice(["iris", "reel", "atlas", "own"]),
            "feature": lambda: chance.choice(["images", "chat", "training"]),
            "endpoint": lambda: chance.choice(["/v1/a", "/v1/b"]), "status_code": lambda: chance.choice([200, 200, 404, 503]),
            "error_code": lambda: chance.choice(["timeout", "oom"]), "country": lambda: chance.choice(["DE", "IN"]),
            "project_id": lambda: f"p{chance.randrange(3)}"}
        for name, value in maybe.items():
            if chance.random() < (0.1 if name == "error_code" else 0.6):
                event[name] = value()
        if kind in ("chat", "rag_query", "token_usage", "api_call") and chance.random() < 0.8:
            prompt, completion = chance.randrange(5000), chance.randrange(3000)
            shape = chance.randrange(5)
            if shape != 0:
                event["prompt_tokens"] = prompt
            if shape not in (1, 2):
                event["completion_tokens"] = completion
            if shape in (0, 1, 4):
                event["total_tokens"] = prompt + completion
            if chance.random() < 0.1:
                for name in ("prompt_tokens", "completion_tokens"):
                    event.pop(name, None)
                event["total_tokens"] = prompt + completion
            if "prompt_tokens" in event and chance.random() < 0.3:
                event["cached_tokens"] = chance.randrange(prompt + 1)
            if "completion_tokens" in event and chance.random() < 0.3:
                event["reasoning_tokens"] = chance.randrange(completion + 1)
        if kind in ("training_completed", "inference", "test_run") and chance.random() < 0.7:
            event["gpu_seconds"] = chance.randrange(40_000) / 8
        if chance.random() < 0.1:
            event["cost_usd"] = round(chance.random() * 3, 6)
        if kind in ("storage_change", "upload"):
            event["bytes_delta"] = chance.randrange(-200, 900) * 1_000_000_007
        yield event


# The amounts in dollars, as they are set: tokens per million.
PRICES = [
    {"model": "iris", "valid_from": at(400), "prompt_usd": 0.15, "completion_usd": 0.6, "cached_usd": 0.075},
    {"model": "iris", "valid_from": at(31, 7.5), "prompt_usd": 0.333333, "completion_usd": 1.1, "reasoning_usd": 0.777777},
    {"model": "iris", "valid_from": at(40, 3), "organization_id": "bolt", "prompt_usd": 9, "completion_usd": 11},
    {"model": "reel", "valid_from": at(20, 12), "prompt_usd": 2.5, "completion_usd": 2.5},
    {"model": "atlas", "valid_from": at(400), "prompt_usd": 3, "completion_usd": 15, "cached_usd": 0.3, "reasoning_usd": 15},
    {"resource": "gpu", "valid_from": at(25, 1.25), "rate_usd": 2.1},
    {"resource": "gpu", "valid_from": at(45), "organization_id": "acme", "rate_usd": 0.999999},
    {"resource": "storage", "valid_from": at(33), "rate_usd": 0.031},
    {"resource": "storage", "valid_from": at(28, 5.75), "organization_id": "bolt", "rate_usd": 0.4},
    {"resource": "inference", "valid_from": at(15), "rate_usd": 0.0155},
]
# What a database starts with.
INITIAL = [("gpu", 1.5), ("storage", 0.02), ("inference", 0.01)]


# --- What DuckDB makes of it -----------------------------------------------------------------


def text(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def database(sent):
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    db.execute(f"CREATE TABLE sent ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    rows = [[text(event["ts"]) if name == "ts" else event.get(name) for name in COLUMNS] for event in sent]
    db.executemany(f"INSERT INTO sent VALUES ({', '.join('?' * len(COLUMNS))})", rows)
    db.execute("CREATE TABLE prices (item VARCHAR, model VARCHAR, org VARCHAR, since TIMESTAMP, prompt HUGEINT,"
               " completion HUGEINT, cached HUGEINT, reasoning HUGEINT, rate HUGEINT)")
    for name, rate in INITIAL:
        db.execute("INSERT INTO prices VALUES (?, NULL, NULL, '1970-01-01', NULL, NULL, NULL, NULL, ?)", [name, round(rate * 1e6)])
    for price in PRICES:
        amounts = [round(price[f"{name}_usd"] * 1e6) if f"{name}_usd" in price else None
                   for name in ("prompt", "completion", "cached", "reasoning", "rate")]
        db.execute("INSERT INTO prices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   ["model" if "model" in price else price["resource"], price.get("model"), price.get("organization_id"),
                    text(price["valid_from"]), *amounts])
    # The price in force: the organisation's own before that for all, and of either the newest that has begun.
    db.execute("""
      CREATE TABLE in_force AS SELECT client_event_id AS id, item, p.* EXCLUDE (item, model, org, since)
      FROM sent e JOIN prices p ON p.since <= e.ts AND (p.org IS NULL OR p.org = e.organization_id)
        AND (p.item <> 'model' OR p.model = e.model)
      QUALIFY row_number() OVER (PARTITION BY client_event_id, item ORDER BY p.org IS NULL, p.since DESC) = 1""")
    # Tokens as they count: a part that is missing is the rest of the total.
    db.execute("""
      CREATE TABLE tokens AS SELECT client_event_id AS id,
        coalesce(total_tokens, coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0)) AS total,
        coalesce(prompt_tokens, CASE WHEN completion_tokens IS NULL THEN total_tokens
          ELSE greatest(0, coalesce(total_tokens, completion_tokens) - completion_tokens) END)::HUGEINT AS prompt,
        coalesce(completion_tokens, CASE WHEN prompt_tokens IS NULL THEN 0
          ELSE greatest(0, coalesce(total_tokens, prompt_tokens) - prompt_tokens) END)::HUGEINT AS completion,
        coalesce(cached_tokens, 0) AS cached, coalesce(reasoning_tokens, 0) AS reasoning,
        prompt_tokens IS NOT NULL OR completion_tokens IS NOT NULL OR total_tokens = 0 AS is_split
      FROM sent WHERE coalesce(prompt_tokens, completion_tokens, total_tokens) IS NOT NULL""")
    db.execute("""
      CREATE TABLE costed AS
      WITH priced AS (SELECT e.*, t.total,
        CASE WHEN t.id IS NOT NULL AND m.prompt IS NOT NULL AND (t.is_split OR m.prompt = m.completion) THEN (
          (t.prompt - least(t.cached, t.prompt)) * m.prompt + least(t.cached, t.prompt) * coalesce(m.cached, m.prompt)
          + (t.completion - least(t.reasoning, t.completion)) * m.completion
          + least(t.reasoning, t.completion) * coalesce(m.reasoning, m.completion) + 500000) // 1000000 END AS by_tokens,
        CASE WHEN e.gpu_seconds > 0 THEN round(e.gpu_seconds * g.rate::DOUBLE / 3600)
          WHEN t.id IS NULL AND (e.event_type IN ('image_generate_succeeded', 'video_generate_succeeded',
            'inference_completed', 'test_run') AND coalesce(e.status, 'succeeded') = 'succeeded'
            OR e.event_type = 'inference' AND e.status = 'succeeded') THEN (i.rate + 500) // 1000 END AS by_rate
        FROM sent e LEFT JOIN tokens t ON t.id = e.client_event_id
        LEFT JOIN in_force m ON m.id = e.client_event_id AND m.item = 'model'
        LEFT JOIN in_force g ON g.id = e.client_event_id AND g.item = 'gpu'
        LEFT JOIN in_force i ON i.id = e.client_event_id AND i.item = 'inference')
      SELECT * EXCLUDE (by_tokens, by_rate), coalesce(round(cost_usd * 1000000), by_tokens, by_rate)::BIGINT AS cost,
        CASE WHEN cost_usd IS NOT NULL THEN 'sent' WHEN by_tokens IS NOT NULL THEN 'model_price'
          WHEN by_rate IS NOT NULL THEN 'resource_rate' END AS source FROM priced""")
    return db


class Question:
    def __init__(self, name, first, last, zone="UTC", **filters):
        """Days before today."""
        self.name, self.zone, self.filters = name, zone, filters
        self.first, self.last = TODAY - first * DAY, TODAY - last * DAY

    def start(self, day):
        return dt.datetime(day.year, day.month, day.day, tzinfo=zoneinfo.ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def where(self):
        return " AND ".join(["true"] + [f"{name} = '{value}'" for name, value in self.filters.items()])

    @property
    def inside(self):
        return (f"ts >= '{text(self.start(self.first))}' AND ts < '{text(self.start(self.last + DAY))}' AND {self.where}")

    @property
    def parameters(self):
        scope = {} if "organization_id" in self.filters else {"organizations": "all"}
        return {"from": self.first, "to": self.last, "time_zone": self.zone, **self.filters, **scope}


def storage(db, question):
    """Micro-dollars, GB-days and by day: the bytes that are there at each moment of a day, times the rate at its beginning."""
    days, day = [], question.first
    while day <= question.last:
        days.append((text(question.start(day)), text(question.start(day + DAY))))
        day += DAY
    values = ", ".join(f"(TIMESTAMP '{begin}', TIMESTAMP '{end}')" for begin, end in days)
    return db.execute(f"""
      WITH days(day, until) AS (VALUES {values}),
      there AS (SELECT day, organization_id AS org,
          sum(bytes_delta::HUGEINT * date_diff('millisecond', greatest(ts, day), until)) AS byte_milliseconds
        FROM days JOIN costed ON ts < until
        WHERE bytes_delta IS NOT NULL AND source IS DISTINCT FROM 'sent' AND {question.where} GROUP BY ALL),
      rated AS (SELECT there.*, p.rate FROM there JOIN prices p ON p.item = 'storage' AND p.since <= day
          AND (p.org IS NULL OR p.org = there.org)
        QUALIFY row_number() OVER (PARTITION BY there.org, day ORDER BY p.org IS NULL, p.since DESC) = 1)
      SELECT sum(round(byte_milliseconds::DOUBLE / 1000 / 1073741824 / 86400 / 30 * rate::DOUBLE)),
        sum(byte_milliseconds::DOUBLE / 1000 / 1073741824 / 86400) FROM rated WHERE byte_milliseconds > 0""").fetchone()


# --- Lists -----------------------------------------------------------------------------------

RESULTS = ("'image_generate_succeeded', 'image_generate_failed', 'video_generate_succeeded', 'training_completed',"
           " 'inference_completed', 'inference_failed', 'lesson_complete', 'email_opened'")
ASKED = f"event_type NOT IN ({RESULTS}, 'token_usage')"
HTTP = f"(status_code IS NOT NULL OR endpoint IS NOT NULL) AND {ASKED}"
FAILED = "(coalesce(status, '') = 'failed' OR error_code IS NOT NULL OR coalesce(status_code, 0) >= 400)"
DONE = "event_type NOT IN ('email_sent', 'token_usage')"
MODELS = """(event_type IN ('image_generate_succeeded', 'image_generate_failed', 'video_generate_succeeded', 'chat',
  'rag_query', 'test_run', 'inference_completed', 'inference_failed') OR coalesce(status, '') IN ('succeeded', 'failed')
  AND (event_type = 'inference' OR model IS NOT NULL AND event_type NOT IN ('token_usage', 'image_generate_requested',
  'video_generate_requested')))"""
LISTS = {
    "models": ("model", MODELS), "endpoints": ("endpoint", HTTP), "countries": ("country", HTTP),
    "features": ("feature", f"feature IS NOT NULL AND {ASKED} AND event_type NOT IN ('page_view', 'login', 'storage_change')"),
    "error_codes": ("coalesce(error_code, 'http_' || status_code, 'unknown')", FAILED),
    "status_codes": ("CASE WHEN status_code >= 400 THEN status_code::VARCHAR END", FAILED),
    "event_types": ("event_type", "event_type <> 'token_usage'"), "projects": ("project_id", DONE), "users": ("user_id", DONE)}


# --- The comparison --------------------------------------------------------------------------


class Comparison:
    def __init__(self, service):
        self.service, self.token = service, service.token()
        self.checked = self.wrong = 0

    def ask(self, path, **parameters):
        answer, body = self.service.ask(f"{path}?{urllib.parse.urlencode(parameters)}", self.token)
        check(answer.status == 200, path, parameters, answer.status, body[:500])
        return json.loads(body)

    def same(self, what, mine, theirs, tolerance=0.0):
        """`tolerance`: half a micro-dollar can be rounded to either side, once for each organisation and day."""
        self.checked += 1
        if mine is None or theirs is None:
            equal = mine is theirs
        elif isinstance(mine, (list, str)):
            equal = mine == theirs
        else:
            equal = math.isclose(mine, theirs, rel_tol=1e-12, abs_tol=max(tolerance, 1e-9))
        if not equal:
            self.wrong += 1
            print(f"{what}: {mine}, DuckDB has {theirs}")


def dollars(microdollars):
    return None if microdollars is None else microdollars / 1e6


def compare_costs(db, comparison, question):
    name = question.name
    answer = comparison.ask("/api/admin/cost", limit=100, **question.parameters)
    summary, parts = answer["summary"], answer["summary"]["breakdown"]
    sums = dict(db.execute(f"SELECT source, sum(cost) FROM costed WHERE {question.inside} GROUP BY 1").fetchall())
    for source in ("sent", "model_price", "resource_rate"):
        comparison.same(f"{name}: {source}", summary["by_source"][source], dollars(sums.get(source)))
    gpu, other, seconds, requests, tokens, unpriced = db.execute(f"""
      SELECT sum(cost) FILTER (WHERE coalesce(gpu_seconds, 0) > 0), sum(cost) FILTER (WHERE coalesce(gpu_seconds, 0) <= 0),
        coalesce(sum(gpu_seconds), 0), count(*) FILTER (WHERE {MODELS}), coalesce(sum(total), 0),
        coalesce(sum(total) FILTER (WHERE cost IS NULL), 0) FROM costed WHERE {question.inside}""").fetchone()
    stored, gigabyte_days = storage(db, question)
    near = 3e-6
    comparison.same(f"{name}: gpu", parts["gpu"]["cost_usd"], dollars(gpu))
    comparison.same(f"{name}: inference", parts["inference"]["cost_usd"], dollars(other))
    comparison.same(f"{name}: storage", parts["storage"]["cost_usd"], dollars(stored), near)
    comparison.same(f"{name}: GB-days", summary["storage_gb_days"], gigabyte_days or 0.0, 1e-6)
    comparison.same(f"{name}: GPU hours", parts["gpu"]["usage_hours"], seconds / 3600)
    comparison.same(f"{name}: requests", parts["inference"]["requests"], requests)
    comparison.same(f"{name}: tokens", summary["tokens"]["total"], tokens)
    comparison.same(f"{name}: unpriced tokens", summary["tokens"]["unpriced"], unpriced)
    comparison.same(f"{name}: unpriced share", summary["tokens"]["unpriced_share"], unpriced / tokens if tokens else None)
    known = [part for part in (gpu, other, stored) if part is not None]
    total = sum(known) / 1e6 if known else None
    comparison.same(f"{name}: total", summary["total_cost_usd"], total, near)
    figures = {figure["id"]: figure["value"] for figure in answer["metrics"]}
    for metric, value in [("total_cost", total), ("storage_cost", dollars(stored)), ("gpu_cost", dollars(gpu)),
                          ("inference_cost", dollars(other))]:
        comparison.same(f"{name}: {metric}", figures[metric], value, near)
    # By the day of the zone; storage stands beside it.
    local = f"((ts AT TIME ZONE 'UTC') AT TIME ZONE '{question.zone}')::DATE"
    days = {str(day): cost for day, cost in db.execute(
        f"SELECT {local}, sum(cost) FROM costed WHERE {question.inside} AND cost IS NOT NULL GROUP BY 1").fetchall()}
    for bucket in answer["over_time"]:
        cost = [bucket[part] for part in ("gpu_usd", "inference_usd") if bucket[part] is not None]
        comparison.same(f"{name}: {bucket['date']}", sum(cost) if cost else None, dollars(days.get(bucket["date"])))
    spread = [bucket["storage_usd"] for bucket in answer["over_time"] if bucket["storage_usd"] is not None]
    comparison.same(f"{name}: storage by day", sum(spread) if spread else None, dollars(stored), near)
    for member, column in [("by_model", "model"), ("by_user", "user_id"), ("by_project", "project_id"),
                           ("by_organization", "organization_id"), ("by_feature", "feature")]:
        for key, cost, count, used in db.execute(f"""
            SELECT {column}, sum(cost), count(*), coalesce(sum(total), 0) FROM costed
            WHERE {question.inside} AND (cost IS NOT NULL OR total IS NOT NULL) GROUP BY 1""").fetchall():
            entry = next((one for one in answer[member]["entries"] if one["name"] == key), {})
            comparison.same(f"{name}: {member} {key}", entry.get("cost_usd"), dollars(cost))
            comparison.same(f"{name}: {member} {key} events", entry.get("events"), count)
            comparison.same(f"{name}: {member} {key} tokens", entry.get("tokens"), used)


def compare_lists(db, comparison, question):
    answer = comparison.ask("/api/admin/overview", top=2, breakdowns=",".join(LISTS), heatmap="true", **question.parameters)
    figures = {figure["id"]: figure["value"] for figure in answer["kpis"]}
    for breakdown in answer["breakdowns"]:
        name = f"{question.name}: {breakdown['id']}"
        key, condition = LISTS[breakdown["id"]]
        rows = db.execute(f"SELECT {key} AS name, count(*) FROM costed WHERE {question.inside} AND {condition}"
                          " GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        named = [row for row in rows if row[0] is not None]
        comparison.same(f"{name} entries", [(one["name"], one["count"]) for one in breakdown["entries"]], named[:2])
        comparison.same(f"{name} other", breakdown["other"]["count"], sum(count for _, count in named[2:]))
        comparison.same(f"{name} kinds", breakdown["other"]["kinds"], len(named[2:]))
        comparison.same(f"{name} none", breakdown["none"]["count"], sum(count for key, count in rows if key is None))
        comparison.same(f"{name} total", breakdown["total"], sum(count for _, count in rows))
        comparison.same(f"{name} figure", figures[breakdown["metric"]], sum(count for _, count in rows))
    local = f"((ts AT TIME ZONE 'UTC') AT TIME ZONE '{question.zone}')"
    hours = dict(((day, hour), count) for day, hour, count in db.execute(f"""
      SELECT isodow({local}), hour({local}), count(*) FROM costed WHERE {question.inside} AND {DONE} GROUP BY ALL""").fetchall())
    mine = [count for row in answer["heatmap"] for count in row]
    comparison.same(f"{question.name}: heatmap", mine, [hours.get((day, hour), 0) for day in range(1, 8) for hour in range(24)])


QUESTIONS = [
    Question("30 days", 30, 1), Question("7 days, India", 12, 6, "Asia/Kolkata"), Question("a day, Nepal", 25, 25, "Asia/Kathmandu"),
    Question("prices begin, New York", 34, 19, "America/New_York"), Question("everything, Berlin", 60, 1, "Europe/Berlin"),
    Question("one organisation", 45, 5, organization_id="bolt"), Question("the other one, India", 50, 2, "Asia/Kolkata", organization_id="acme"),
    Question("one model", 60, 1, model="iris"), Question("one person", 60, 1, "Asia/Kathmandu", user_id="u3"),
    Question("one type", 40, 1, event_type="chat"), Question("nothing", 100, 90)]


def main():
    data = tempfile.mkdtemp(dir=FOLDER)
    keys = {
        name: command("emitter-key", "create", "--data", data, "--organization", name, "--label", "host", "--kind", "event").stdout.strip()
        for name in ("acme", "bolt")}
    service = Service(*UNLIMITED, data=data)
    prices = [{**price, "valid_from": price["valid_from"].strftime("%Y-%m-%dT%H:%M:%SZ")} for price in PRICES]
    answer, body = service.exchange("PUT", "/api/admin/prices", json.dumps({"prices": prices}), {
        "Authorization": f"Bearer {service.token()}", "Content-Type": "application/json"})
    check(answer.status == 200, answer.status, body)
    sent = list(events(6_000, seed=20))
    for name, key in keys.items():
        own = [{field: value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if field == "ts" else value
                for field, value in event.items()} for event in sent if event["organization_id"] == name]
        for start in range(0, len(own), 500):
            answer, body = service.post("/api/analytics/events/batch", {"events": own[start:start + 500]}, key)
            check(answer.status == 200 and not json.loads(body)["failed"], answer.status, body[:500])
    db = database(sent)
    comparison = Comparison(service)
    # Each event's own cost, and how it is known.
    answer, body = service.post("/api/query?organizations=all", {
        "sql": "SELECT event_id, (cost_usd * 1000000)::bigint, cost_source FROM events", "limits": {"max_rows": 100_000}}, comparison.token)
    check(answer.status == 200, body[:500])
    stored = {row[0]: (row[1], row[2]) for row in json.loads(body)["rows"]}
    for name, cost, source in db.execute("SELECT client_event_id, cost, source FROM costed").fetchall():
        comparison.same(f"event {name} source", stored[name][1], source)
        comparison.same(f"event {name}", stored[name][0], cost)
    for question in QUESTIONS:
        compare_costs(db, comparison, question)
        compare_lists(db, comparison, question)
    check(service.stop() == 0, "exit code")
    print(f"{comparison.checked} costs and lists compared with DuckDB, {comparison.wrong} differ")
    sys.exit(1 if comparison.wrong else 0)


main()
