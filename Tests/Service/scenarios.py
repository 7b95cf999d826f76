"""The acceptance scenarios of the requirements (section 21), from outside: records go in over HTTP, and what comes out is compared
with figures that are computed here from what was sent."""

import collections, concurrent.futures, datetime, json, os, statistics, subprocess, tempfile, time, urllib.parse

from service import FOLDER, ROOT, Service, check, command

DAY = datetime.timedelta(days=1)


class Host:
    """A service with an emitter of all kinds for the organisation acme, and what its people see."""

    kinds = ["event", "session", "token_usage", "request", "feedback", "threat", "user", "resource"]

    def __init__(self, *arguments, environment=None, port=None):
        data = tempfile.mkdtemp(dir=FOLDER)
        made = command("emitter-key", "create", "--data", data, "--organization", "acme", "--label", "host",
                       *[word for kind in self.kinds for word in ("--kind", kind)])
        self.key = made.stdout.strip()
        self.service = Service(*arguments, data=data, environment=environment, port=port)
        self.admin = self.service.token("org_admin", "--organization", "acme")
        # One moment for the whole scenario: its days do not move, even over midnight.
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.today = self.now.date()

    def person(self, user, role="user"):
        return command("token", "issue", "--data", self.service.data, "--user", user, "--role", role,
                       "--organization", "acme").stdout.strip()

    def get(self, path, code=200, token=None, **parameters):
        query = urllib.parse.urlencode(parameters, doseq=True)
        answer, body = self.service.ask(path + ("?" + query if query else ""), token or self.admin)
        check(answer.status == code, path, parameters, answer.status, body[:500])
        return json.loads(body)

    def post(self, path, value, code=200, token=None):
        answer, body = self.service.post(path, value, token or self.key)
        check(answer.status == code, path, answer.status, body[:500])
        return json.loads(body) if body else None

    def send(self, events, path="/api/analytics/events/batch"):
        """All are new and none is refused."""
        answer = self.post(path, {"events": events})
        check(not answer["failed"] and not answer["duplicates"] and len(answer["accepted"]) == len(events), answer)

    def sql(self, statement):
        return self.post("/api/query", {"sql": statement}, token=self.admin)["rows"]

    def figures(self, days, **parameters):
        """By id, of so many days that end with today."""
        answer = self.get("/api/admin/overview/kpis", range=f"{days}d", anchor=self.today, **parameters)
        return {kpi["id"]: kpi["value"] for kpi in answer["kpis"]}

    def at(self, days, hours=0):
        """A time of the UTC day so many days ago; none of today is ahead."""
        if days == 0:
            return self.now
        return datetime.datetime.combine(
            self.today - days * DAY, datetime.time(6), datetime.timezone.utc) + datetime.timedelta(hours=hours)

    def stop(self):
        check(self.service.stop() == 0, "exit code")
        check("level=error" not in self.service.text(), self.service.text()[-2000:])


def quantile(values, share):
    """As PostgreSQL's percentile_cont: between the neighbours."""
    if not values:
        return None
    values = sorted(values)
    place = (len(values) - 1) * share
    low = int(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def quotient(numerator, denominator):
    return numerator / denominator if denominator else None


def same(found, expected, *what):
    """Equal; numbers to nine digits, since quotients are rounded."""
    if isinstance(expected, float) and found is not None:
        check(abs(found - expected) <= 1e-9 * max(1, abs(expected)), *what, "is", found, "and not", expected)
    else:
        check(found == expected, *what, "is", found, "and not", expected)


GENERATED = ["image_generate_succeeded", "video_generate_succeeded"]
FAILED = ["image_generate_failed", "video_generate_failed"]


def expected_figures(events, now, first, last, anchor):
    """What the overview must say of these events in [first, last]: the definitions of the requirements in Python."""
    window = [event for event in events if first <= event["ts"].date() <= last]

    def people(days):
        return {event["user_id"] for event in events
                if anchor - (days - 1) * DAY <= event["ts"].date() <= anchor and event["event_type"] != "email_sent"}

    durations = [event["duration_ms"] for event in window if event["event_type"] in GENERATED]
    failed = [event for event in window if event["event_type"] in FAILED]
    tokens = [event["prompt_tokens"] + event["completion_tokens"] for event in window if "prompt_tokens" in event]
    outcomes = [event for event in window if "status" in event or "error_code" in event or "status_code" in event]
    errors = [event for event in outcomes if event.get("status") == "failed" or "error_code" in event or event.get("status_code", 0) >= 400]
    signups = {}
    for event in window:
        if event["event_type"] == "signup":
            signups[event["user_id"]] = min(event["ts"], signups.get(event["user_id"], event["ts"]))
    mature = {user: time for user, time in signups.items() if now - time >= 7 * DAY}
    activated = {user for user, time in mature.items() if any(
        event["user_id"] == user and event["event_type"] in GENERATED and time <= event["ts"] < time + 7 * DAY for event in events)}
    return {
        "dau": len(people(1)), "wau": len(people(7)), "mau": len(people(30)), "stickiness": quotient(len(people(1)), len(people(30))),
        "activation_rate": quotient(len(activated), len(mature)), "new_signups": len(signups),
        "immature_signups": len(signups) - len(mature),
        "content_success_rate": quotient(len(durations), len(durations) + len(failed)),
        "generation_latency_p50": quantile(durations, 0.5), "generation_latency_p95": quantile(durations, 0.95),
        "generation_latency_mean": statistics.fmean(durations) if durations else None,
        "error_rate": quotient(len(errors), len(outcomes)), "errors": len(errors),
        "total_tokens": sum(tokens) if tokens else None,
    }


def as_sent(events):
    return [{**event, "ts": event["ts"].isoformat()} for event in events]


def representative_events_are_stored_and_change_the_figures():
    """21.1: each event of the seeds is stored, is listed, and changes the figures of the last 7 and 30 days."""
    host = Host()
    before = {days: host.figures(days) for days in (7, 30)}
    check(all(value in (0, None) for figures in before.values() for value in figures.values()), "figures of nothing", before)
    types = ["page_view", "image_generate_requested", "image_generate_succeeded", "image_generate_failed",
             "video_generate_requested", "video_generate_succeeded", "video_generate_failed", "project_create", "login",
             "logout", "signup", "email_sent", "chat", "upload", "rag_query"]
    events = []
    for days in (0, 5, 20):
        for number, event_type in enumerate(types):
            event = {"client_event_id": f"e-{days}-{number}", "event_type": event_type, "user_id": f"u{(days + number) % 4}",
                     "ts": host.at(days)}
            if event_type.endswith("succeeded"):
                event |= {"status": "succeeded", "duration_ms": 1000 * (days + number), "model": f"m{number}"}
            if event_type.endswith("failed"):
                event |= {"status": "failed", "error_code": "oom", "duration_ms": 7}
            if event_type == "chat":
                event |= {"status": "succeeded", "model": "chatty", "prompt_tokens": 100 + days, "completion_tokens": 11}
            events.append(event)
    host.send(as_sent(events))
    check(host.sql("SELECT count(*) FROM events") == [[len(events)]], "rows")
    for days in (7, 30):
        inside = [event for event in events if event["ts"].date() > host.today - days * DAY]
        listed = host.get("/api/admin/activity", range=f"{days}d", anchor=host.today, limit=500)
        check(listed["total"] == len(inside), days, listed["total"], len(inside))
        names = collections.Counter(row["action_type"] for row in listed["activity"])
        check(names == collections.Counter(event["event_type"] for event in inside), days, names)
        figures = host.figures(days)
        expected = expected_figures(events, host.now, host.today - (days - 1) * DAY, host.today, host.today)
        for name, value in expected.items():
            same(figures[name], value, days, "days:", name)
        check(figures["total_tokens"] > 0 and figures["content_success_rate"] == 0.5, figures)
    check(host.figures(7)["errors"] == 4 and host.figures(30)["errors"] == 6, "errors")
    host.stop()


def figures_follow_dates_and_segments():
    """21.2: figures and trends follow dates and segments; activation is a generation within 7 times 24 hours; p50 and p95 are those of
    the durations that were sent."""
    host = Host()
    people = [("ann", "admin", "active", "a.example"), ("bob", "user", "active", "a.example"), ("cid", "user", "suspended", "b.example"),
              ("dee", "manager", "active", "b.example"), ("eve", "user", "active", "c.example"), ("fay", "user", "invited", "c.example")]
    host.send([{"user_id": user, "role": role, "status": status, "domain": domain} for user, role, status, domain in people],
              "/api/analytics/users")
    events, number = [], 0

    def add(event_type, user, time, **fields):
        events.append({"client_event_id": f"e{len(events)}", "event_type": event_type, "user_id": user, "ts": time, **fields})

    second = datetime.timedelta(seconds=1)
    for user, days in [("ann", 28), ("bob", 25), ("cid", 20), ("dee", 12), ("gus", 27), ("hal", 27), ("ivy", 27)]:
        add("signup", user, host.at(days))
    # In the last second of his week; in the first after it; at once, but in vain.
    add("image_generate_succeeded", "gus", host.at(20) - second, status="succeeded", duration_ms=1500)
    add("image_generate_succeeded", "hal", host.at(20), status="succeeded", duration_ms=2500)
    add("image_generate_failed", "ivy", host.at(27, 1), status="failed", error_code="oom", duration_ms=40)
    # Their week is not over.
    add("signup", "eve", host.at(3))
    add("video_generate_succeeded", "eve", host.at(2), status="succeeded", duration_ms=90_000)
    add("signup", "fay", host.at(1))
    for days in range(0, 30):
        for place, (user, *_) in enumerate(people):
            if (days * 7 + place * 5) % (place + 3):
                continue
            number += 1
            if number % 3 == 0:
                add("video_generate_failed", user, host.at(days, place), status="failed", error_code=f"e{number % 2}", duration_ms=1)
            else:
                add("image_generate_succeeded", user, host.at(days, place), status="succeeded", duration_ms=100 * number * number % 7919)
            add("page_view", user, host.at(days, 1))
    # A mail is nobody's activity, and what has no outcome is no error.
    add("email_sent", "fay", host.at(0))
    host.send(as_sent(events))
    segments = [{}, {"role": "user"}, {"role": ["user", "admin"]}, {"status": "active"}, {"domain": "b.example"},
                {"role": "user", "status": "active", "domain": ["a.example", "c.example"]}, {"role": "nobody"}]
    seen = set()
    for first, last in [(29, 0), (6, 0), (29, 10), (13, 7), (0, 0)]:
        for segment in segments:
            def within(name, value):
                allowed = segment.get(name)
                return allowed is None or value in ([allowed] if isinstance(allowed, str) else allowed)

            users = {user for user, role, status, domain in people + [(name, None, None, None) for name in ("gus", "hal", "ivy")]
                     if within("role", role) and within("status", status) and within("domain", domain)}
            inside = [event for event in events if event["user_id"] in users]
            dates = {"from": host.today - first * DAY, "to": host.today - last * DAY}
            expected = expected_figures(inside, host.now, dates["from"], dates["to"], dates["to"])
            answer = host.get("/api/admin/overview/kpis", **dates, **segment)
            figures = {kpi["id"]: kpi["value"] for kpi in answer["kpis"]}
            for name, value in expected.items():
                same(figures[name], value, dates, segment, name)
            seen.add(tuple(figures[name] for name in sorted(expected)))
            answer = host.get("/api/admin/overview/trends", **dates, **segment, grain="day", metrics="active_users,generations")
            series = {trend["id"]: trend["values"] for trend in answer["series"]}
            by_day = [[event for event in inside if event["ts"].date() == dates["from"] + day * DAY] for day in range(first - last + 1)]
            check(series["active_users"] == [
                len({event["user_id"] for event in day if event["event_type"] != "email_sent"}) for day in by_day], dates, segment, series)
            check(series["generations"] == [
                sum(event["event_type"] in GENERATED for event in day) for day in by_day], dates, segment, series)
    # Every change of dates or segment was to be seen.
    check(len(seen) > 20, "figures hardly change:", len(seen))
    for user, rate in [("gus", 1.0), ("hal", 0.0), ("ivy", 0.0), ("eve", None)]:
        check(host.figures(30, user_id=user)["activation_rate"] == rate, user, "is activated otherwise")
    host.stop()


def a_batch_is_stored_and_its_roll_ups_have_it():
    """21.6: a batch is posted, its rows are there, and the roll-ups have it with the answer; 21.7: sent again it is known."""
    host = Host()
    events = [{"client_event_id": f"b{number}", "event_type": ["chat", "api_call"][number % 2], "user_id": f"u{number % 7}",
               "session_id": f"s{number % 9}", "ts": host.at(number % 4, number % 3), "status": ["succeeded", "failed"][number % 5 == 0],
               "model": f"m{number % 3}", "prompt_tokens": number, "completion_tokens": 2, "cost_usd": number / 1000,
               "duration_ms": 10 * number} for number in range(500)]

    def expected():
        groups = collections.defaultdict(lambda: [0, 0, 0])
        for event in events:
            group = groups[str(event["ts"].date()), event["event_type"], event["model"], event["status"]]
            group[0] += 1
            group[1] += event["prompt_tokens"] + event["completion_tokens"]
            group[2] += round(event["cost_usd"] * 1e6)
        return sorted([*key, *values] for key, values in groups.items())

    columns = {row[0] for row in host.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'events_daily'")}
    check({"day", "event_type", "model", "status", "events", "total_tokens", "cost_usd"} <= columns, sorted(columns))
    roll_up = """SELECT day::date::text, event_type, model, status, sum(events)::bigint, sum(total_tokens)::bigint,
                 round(sum(cost_usd) * 1000000)::bigint FROM events_daily GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
    check(host.sql(roll_up) == [], "a roll-up of nothing")
    first = host.post("/api/analytics/events/batch", as_sent(events))
    check(first == {"accepted": [event["client_event_id"] for event in events], "duplicates": [], "failed": []}, first)
    check(host.sql("SELECT count(*), count(DISTINCT event_id), sum(total_tokens) FROM events") ==
          [[500, 500, sum(event["prompt_tokens"] + 2 for event in events)]], "rows")
    check(host.sql(roll_up) == expected(), "roll-up", host.sql(roll_up)[:3], expected()[:3])
    people = host.sql("SELECT count(DISTINCT user_id) FROM usage_daily")
    check(people == [[7]], people)
    again = host.post("/api/analytics/events/batch", as_sent(events))
    check(again == {"accepted": [], "duplicates": first["accepted"], "failed": []}, again)
    check(host.sql(roll_up) == expected(), "a repetition has changed the roll-up")
    host.stop()


def freshness_is_that_of_the_oldest_batch_on_its_way():
    """21.9: an answer says when the newest event was, and up to when all that was accepted is in it: a batch that the disk keeps waiting
    holds that back for as long as it takes. The page's banner compares it with the clock."""
    library, marker = os.path.join(FOLDER, "fault.so"), os.path.join(FOLDER, "stalled")
    subprocess.run(["clang", "-shared", "-fPIC", "-O1", os.path.join(ROOT, "Tests/FaultInjection/fault.c"), "-o", library, "-ldl"], check=True)
    host = Host(environment={"LD_PRELOAD": library, "FAULT": "stall:1+", "FAULT_FOLDER": FOLDER, "FAULT_WHILE": marker})
    paths = ["/api/admin/overview/kpis", "/api/admin/overview", "/api/admin/overview/trends"]

    def time_of(text):
        return datetime.datetime.fromisoformat(text)

    def now():
        return datetime.datetime.now(datetime.timezone.utc)

    old = host.now - datetime.timedelta(minutes=30)
    check(host.get(paths[0])["newest_event_at"] is None, "an event of nothing")
    host.send(as_sent([{"client_event_id": "old", "event_type": "chat", "user_id": "u", "ts": old}]))
    with open(marker, "w"), concurrent.futures.ThreadPoolExecutor() as threads:
        try:
            begun = now()
            late = threads.submit(host.send, as_sent([{"client_event_id": "late", "event_type": "chat", "user_id": "u", "ts": host.now}]))
            time.sleep(2)
            for path in paths:
                answer = host.get(path)
                # Half an hour ago: nothing has happened since, as far as anybody can know.
                check(time_of(answer["newest_event_at"]) == old, path, answer["newest_event_at"], old)
                fresh = time_of(answer["data_fresh_as_of"])
                check(abs((fresh - begun).total_seconds()) < 1, path, "is fresh as of", fresh, "and not", begun)
            lag = host.get("/api/health")["analyticsIngestLagMs"]
            check(1500 <= lag <= 30_000, "lag", lag)
            check(not late.done(), "it was acknowledged before it was on disk")
        finally:
            os.remove(marker)
        late.result(20)
    for path in paths:
        asked = now()
        answer = host.get(path)
        check(time_of(answer["data_fresh_as_of"]) >= asked - datetime.timedelta(milliseconds=5), path, answer["data_fresh_as_of"], asked)
        check(time_of(answer["newest_event_at"]) == host.now, path, answer["newest_event_at"])
    check(host.get("/api/health")["analyticsIngestLagMs"] == 0, "lag of nothing")
    host.stop()


def a_refused_event_reaches_the_dead_letters_and_is_replayed_once():
    """21.10: an event that is refused when it is posted is a dead letter with its reason; taken again when nothing stands against it
    any more, it is stored once, however often it is replayed or sent."""
    host = Host("--set", "ingest.future_seconds=0")
    ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
    event = {"client_event_id": "early", "event_type": "chat", "user_id": "ann", "ts": ahead.isoformat(), "prompt_tokens": 7}
    wrong = {"client_event_id": "wrong", "event_type": "chat", "user_id": "ann", "ts": host.now.isoformat(), "prompt_tokens": -7}
    good = {"client_event_id": "good", "event_type": "chat", "user_id": "ann", "ts": host.now.isoformat(), "prompt_tokens": 70}
    answer = host.post("/api/analytics/events/batch", [event, wrong, good])
    check(answer["accepted"] == ["good"] and [(failure["id"], failure["code"]) for failure in answer["failed"]]
          == [("early", "time_in_future"), ("wrong", "out_of_range")], answer)
    letters = host.get("/api/admin/dead-letters")
    check(letters["total"] == 2, letters)
    check({letter["client_event_id"]: (letter["reason_code"], letter["replayable"]) for letter in letters["dead_letters"]}
          == {"early": ("time_in_future", True), "wrong": ("out_of_range", False)}, letters["dead_letters"])
    letter = next(letter["id"] for letter in letters["dead_letters"] if letter["replayable"])
    check(host.get(f"/api/admin/dead-letters/{letter}")["payload"] == "(redacted)", "what was sent is shown")

    def replay(what):
        outcome = host.post("/api/admin/dead-letters/replay", what, token=host.admin)
        return [outcome[name] for name in ("stored", "duplicates", "refused")]

    check(replay({"ids": [letter]}) == [0, 0, 1], "it was taken before its time")
    while datetime.datetime.now(datetime.timezone.utc) <= ahead:
        time.sleep(0.05)
    check(replay({"matching": {"reason": "time_in_future"}}) == [1, 0, 0], "it was not taken")
    for what in ({"ids": [letter]}, {"matching": {"reason": "time_in_future"}}):
        check(replay(what) == [0, 0, 0], what, "was taken again")
    check(host.post("/api/analytics/events/batch", [event])["duplicates"] == ["early"], "it is not known")
    check(host.sql("SELECT event_id, total_tokens FROM events ORDER BY 1") == [["early", 7], ["good", 70]], "rows")
    books = host.get("/api/admin/ingest/ledger")["accounts"][0]
    check([books[name] for name in ("received", "accepted", "duplicates", "failed", "pending")] == [4, 2, 1, 1, 0], books)
    host.stop()


def every_request_is_metered_and_all_sums_agree():
    """21.11: each request has its tokens; sums by day, week and month, by person and by model are those of the requests."""
    host = Host()
    requests = [{"client_event_id": f"r{number}", "event_type": ["chat", "rag_query"][number % 2], "user_id": f"u{number % 5}",
                 "model": f"m{number % 3}", "ts": host.at(number % 62, number % 11), "status": "succeeded",
                 "prompt_tokens": 1000 + number * 37 % 977, "completion_tokens": number * 13 % 401} for number in range(400)]
    for start in range(0, 400, 100):
        host.send(as_sent(requests[start:start + 100]))
    # Of a chat that is counted above: the tokens count, the chat does not.
    host.send([{"client_event_id": "t1", "user_id": "u1", "model": "m1", "ts": host.at(1).isoformat(), "prompt_tokens": 5,
                "completion_tokens": 6, "total_tokens": 11}], "/api/analytics/token-usage")
    metered = requests + [{"user_id": "u1", "model": "m1", "ts": host.at(1), "prompt_tokens": 5, "completion_tokens": 6, "client_event_id": "t1"}]
    dates = {"from": host.today - 61 * DAY, "to": host.today}

    def sums(rows):
        return [sum(row["prompt_tokens"] for row in rows), sum(row["completion_tokens"] for row in rows),
                sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows)]

    rows = host.get("/api/admin/tokens", **dates, limit=500)
    check(rows["total"] == len(metered) == len(rows["requests"]), rows["total"])
    check(sorted(row["id"] for row in rows["requests"]) == sorted(request["client_event_id"] for request in metered), "a request is missing")
    starts = {"day": lambda day: day, "week": lambda day: day - day.weekday() * DAY, "month": lambda day: day.replace(day=1)}
    for grain, start in starts.items():
        for by in ("user_id", "model"):
            answer = host.get("/api/admin/tokens/aggregates", **dates, grain=grain, by=by, limit=500)
            check(len(answer["aggregates"]) == answer["total"], grain, by, "is cut")
            groups = collections.defaultdict(list)
            for request in metered:
                groups[str(start(request["ts"].date())), request[by]].append(request)
            found = {(row["date"], row[by]): [row["prompt_tokens"], row["completion_tokens"], row["total_tokens"]] for row in answer["aggregates"]}
            check(found == {group: sums(rows) for group, rows in groups.items()}, grain, by, sorted(found.items())[:4],
                  sorted((group, sums(rows)) for group, rows in groups.items())[:4])
            totals = answer["totals"]
            check([totals["prompt_tokens"], totals["completion_tokens"], totals["total_tokens"]] == sums(metered), grain, by, totals)
    books = host.get("/api/admin/ingest/ledger")["accounts"][0]
    check(books["accepted"] == books["received"] == len(metered), books)
    host.stop()


def what_cannot_be_is_refused():
    """21.12: a second rating, an unknown severity, stars out of 1 to 5, a limit over its maximum, a period that is none."""
    host = Host()
    rating = {"user_id": "ann", "request_id": "q1", "stars": 4, "ts": host.now.isoformat()}
    check(host.post("/api/analytics/feedback", rating)["outcome"] == "accepted", "rating")
    check(host.post("/api/analytics/feedback", {**rating, "stars": 1})["outcome"] == "duplicate", "a second rating")
    check(host.post("/api/analytics/feedback", {**rating, "user_id": "bob", "stars": 2})["outcome"] == "accepted", "another's rating")
    for stars in (0, 6, -1, 3.5, "five", None):
        check(host.post("/api/analytics/feedback", {**rating, "request_id": "q2", "stars": stars}, 422)["code"]
              in ("out_of_range", "wrong_type", "missing_field"), stars)
    check(host.sql("SELECT user_id, stars FROM feedback ORDER BY 1") == [["ann", 4], ["bob", 2]], "ratings")
    threat = {"client_event_id": "t1", "threat_type": "prompt_injection", "severity": "high", "ts": host.now.isoformat()}
    check(host.post("/api/analytics/threats", threat)["outcome"] == "accepted", "threat")
    for change in ({"severity": "catastrophic"}, {"threat_type": "ufo"}):
        check(host.post("/api/analytics/threats", {**threat, "client_event_id": "t2", **change}, 422)["code"] == "unknown_value", change)
    check(host.get("/api/admin/threats")["total"] == 1, "threats")
    for path, most in [("/api/admin/activity", 500), ("/api/admin/tokens", 500), ("/api/admin/dead-letters", 1000), ("/audit/me", 1000),
                       ("/audit/organization", 1000)]:
        host.get(path, limit=most)
        for limit in (most + 1, 0, -1, "many"):
            check(refused(host, path, limit=limit) == ["limit"], path, limit)
        check(refused(host, path, offset=-1) == ["offset"], path)
    own = host.person("ann")
    for path, token in [("/analytics/cost-breakdown", own), ("/analytics/me", own), ("/analytics/organization", host.admin)]:
        for period in ("7d", "30d", "90d", "1y", "all"):
            host.get(path, token=token, period=period)
        for period in ("8d", "", "30", "always"):
            check("30d" in json.dumps(host.get(path, 422, token=token, period=period)["errors"]), path, period)
    host.get("/analytics/sessions", token=own, limit=100)
    host.get("/analytics/sessions", 422, token=own, limit=101)
    for path in ("/api/admin/overview/kpis", "/api/admin/activity"):
        check("7d" in json.dumps(host.get(path, 422, range="8w")["errors"]), path)
        host.get(path, 422, **{"from": "2026-02-30", "to": "2026-03-01"})
        host.get(path, 422, **{"from": "2026-03-02", "to": "2026-03-01"})
        check("colour" in json.dumps(host.get(path, 422, colour="red")), path, "an unknown parameter")
    host.stop()


def refused(host, path, **parameters):
    """The names of the parameters that a request is refused for."""
    answer, body = host.service.ask(f"{path}?{urllib.parse.urlencode(parameters)}", host.admin)
    check(answer.status == 422, path, parameters, answer.status, body)
    return [error["field"] for error in json.loads(body)["errors"]]


# The sample of the seed, with what was left out of it ("more days") cut.
SAMPLE = {
    "user_id": "uuid", "period": "30d",
    "summary": {
        "total_sessions": 45, "total_active_hours": 87.5, "total_training_jobs": 152, "training_success_rate": 0.87,
        "total_gpu_hours": 234.5, "total_storage_gb": 156.8, "estimated_cost_usd": 385.20, "projects_owned": 5, "datasets_owned": 12,
        "users_invited": 8},
    "timeseries": [{"date": "2025-01-01", "sessions": 2, "api_calls": 145, "gpu_hours": 8.5, "training_jobs": 5, "cost_usd": 12.75}],
    "top_models": [{"name": "yolo11n", "count": 45}, {"name": "resnet50", "count": 30}, {"name": "efficientnet-b0", "count": 20}],
    "top_features": [{"name": "training", "count": 152}, {"name": "inference", "count": 89}, {"name": "export", "count": 23}],
    "insights": [
        {"type": "cost_alert", "severity": "warning", "message": "Your GPU usage increased 25% this week",
         "action": "Consider optimizing batch sizes"}],
    # Of the handler, beside the sample.
    "api_usage": {"total_calls": 145, "error_rate": 0.2, "top_endpoints": [{"name": "/api/train", "count": 145}]},
}


def shape_differs(found, sample, place="answer"):
    """Where an answer lacks a field of the sample, or has one of another type; further fields are fine."""
    if isinstance(sample, dict):
        if not isinstance(found, dict):
            return f"{place} is no object"
        return next((difference for name in sample for difference in [
            shape_differs(found[name], sample[name], f"{place}.{name}") if name in found else f"{place}.{name} is missing"]
            if difference), None)
    if isinstance(sample, list):
        if not isinstance(found, list):
            return f"{place} is no list"
        return next((difference for number, element in enumerate(found) for difference in [
            shape_differs(element, sample[0], f"{place}[{number}]")] if difference), None)
    if isinstance(sample, (int, float)):
        return None if isinstance(found, (int, float)) and not isinstance(found, bool) or found is None else f"{place} is no number"
    return None if isinstance(found, str) else f"{place} is no text"


def the_sample_of_ones_own_analytics_comes_out():
    """21.13: 45 sessions, 152 jobs, 0.87 and all other figures of the seed's sample, from events that make them, field for field."""
    host = Host()
    own = host.person("ann")
    empty = host.get("/analytics/me", token=own)
    check(not shape_differs(empty, {**SAMPLE, "summary": {}}), "without events:", shape_differs(empty, {**SAMPLE, "summary": {}}))
    check(set(empty["summary"]) >= set(SAMPLE["summary"]), empty["summary"])
    for number in range(45):
        check(host.post("/api/analytics/sessions/login", {"session_id": f"s{number}", "user_id": "ann"})["outcome"] == "accepted", "login")
    events = []

    def add(event_type, days, **fields):
        events.append({"client_event_id": f"e{len(events)}", "event_type": event_type, "user_id": "ann", "ts": host.at(days), **fields})

    summary = SAMPLE["summary"]
    models = [(model["name"], model["count"]) for model in SAMPLE["top_models"]]
    for number in range(summary["total_training_jobs"]):
        add("training_started", number % 28 + 1, feature="training")
    for number in range(100):
        add("training_completed" if number < 87 else "training_failed", number % 28 + 1, status="succeeded" if number < 87 else "failed",
            gpu_seconds=summary["total_gpu_hours"] * 36, cost_usd=round(summary["estimated_cost_usd"] / 100, 6), duration_ms=1000)
    add("storage_change", 0, storage_type="dataset", bytes_delta=round(summary["total_storage_gb"] * 1024**3))
    for name, count in models:
        for number in range(count):
            add("inference_completed", number % 28 + 1, model=name, status="succeeded", cost_usd=0)
    for number in range(SAMPLE["top_features"][1]["count"]):
        add("inference", number % 28 + 1, feature="inference", cost_usd=0)
    for number in range(SAMPLE["top_features"][2]["count"]):
        add("export", number % 28 + 1, feature="export", cost_usd=0)
    for number in range(summary["users_invited"]):
        add("user_invite", number + 1)
    for number in range(145):
        add("api_call", 3, endpoint="/api/train", method="POST", status_code=500 if number % 5 == 0 else 200, response_time_ms=10)
    for start in range(0, len(events), 500):
        host.send(as_sent(events[start:start + 500]))
    host.send([{"resource_type": kind, "resource_id": f"{kind}{number}", "user_id": "ann", "created_at": host.at(2).isoformat()}
               for kind, count in [("project", summary["projects_owned"]), ("dataset", summary["datasets_owned"])] for number in range(count)],
              "/api/analytics/resources")
    # Of others, which must not show.
    host.send([{"client_event_id": "other", "event_type": "training_started", "user_id": "bob", "ts": host.at(1).isoformat()}])
    answer = host.get("/analytics/me", token=own, period="30d")
    difference = shape_differs(answer, SAMPLE)
    check(not difference, difference)
    check(answer["user_id"] == "ann" and answer["period"] == "30d", answer["user_id"], answer["period"])
    for name, value in summary.items():
        if name == "total_active_hours":
            # Active time is the service's own clock's.
            check(0 <= answer["summary"][name] < 1, name, answer["summary"][name])
        else:
            check(abs(answer["summary"][name] - value) < 0.01, name, answer["summary"][name], value)
    days = {point["date"]: point for point in answer["timeseries"]}
    check(len(days) == len(answer["timeseries"]) == 30, "days", len(days))
    check(days[str(host.today)]["sessions"] == 45, days[str(host.today)])
    check(days[str(host.at(3).date())]["api_calls"] == 145, days[str(host.at(3).date())])
    for name, total in [("sessions", 45), ("api_calls", 145), ("training_jobs", 152), ("gpu_hours", summary["total_gpu_hours"]),
                        ("cost_usd", answer["summary"]["estimated_cost_usd"])]:
        same(float(sum(point[name] or 0 for point in days.values())), float(total), "the days'", name)
    check([(model["name"], model["count"]) for model in answer["top_models"]][:3] == models, answer["top_models"])
    check(len(answer["top_models"]) <= 5 and len(answer["top_features"]) <= 5, "top lists")
    counts = {feature["name"]: feature["count"] for feature in answer["top_features"]}
    check(counts["inference"] >= 89 and counts["export"] == 23 and counts["training"] >= 152, counts)
    check(answer["api_usage"]["total_calls"] == 145, answer["api_usage"])
    same(answer["api_usage"]["error_rate"], 0.2, "error rate")
    check(answer["api_usage"]["top_endpoints"] == [{**answer["api_usage"]["top_endpoints"][0], "name": "/api/train", "count": 145}], answer["api_usage"])
    host.stop()


SCENARIOS = [
    representative_events_are_stored_and_change_the_figures, figures_follow_dates_and_segments,
    a_batch_is_stored_and_its_roll_ups_have_it, freshness_is_that_of_the_oldest_batch_on_its_way,
    a_refused_event_reaches_the_dead_letters_and_is_replayed_once, every_request_is_metered_and_all_sums_agree,
    what_cannot_be_is_refused, the_sample_of_ones_own_analytics_comes_out]
