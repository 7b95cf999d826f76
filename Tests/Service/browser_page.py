"""The script for browsers in a real Chromium, on pages of a host of another origin."""

import http.server, shutil, threading, time

from scenarios import Host
from service import Service, check, free_port


class Site:
    """A host whose pages have the script in them."""

    def __init__(self):
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = f"<!doctype html><title>host</title>{site.script}<p>a page".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.script = ""
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, url, key):
        self.script = f'<script src="{url}" data-key="{key}" data-user="u-17" defer></script>'


def until(holds, what, seconds=20):
    """What a browser does takes as long as it takes."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        check(time.monotonic() < deadline, what)
        time.sleep(0.05)
    return found


def a_real_browser_sends_what_its_pages_do_once():
    """A view of each page without its query, one session per tab, heartbeats, what is left when a page goes, and what was kept while the
    service was away: each is stored, once."""
    from playwright.sync_api import sync_playwright

    site, port = Site(), free_port()
    settings = ["--set", f"http.allowed_origins={site.origin}"]
    host = Host(*settings, port=port)
    site.show(host.service.url("/daybook.js"), host.key)

    def rows(event_type):
        return host.sql(f"SELECT endpoint, user_id, session_id, request_id FROM events WHERE event_type = '{event_type}' ORDER BY ts, request_id")

    def sent(*names):
        """The marks of the events of type chat that are there."""
        return lambda: sorted(row[3] for row in rows("chat")) == sorted(names)

    def track(page, name):
        page.evaluate("name => daybook.track('chat', { request_id: name })", name)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        failures, messages = [], []

        def open_page():
            page = context.new_page()
            page.on("pageerror", lambda error: failures.append(str(error)))
            page.on("response", lambda answer: messages.append((answer.request.method, answer.url.split("/")[-1], answer.status)))
            # Minutes pass when they are told to.
            page.clock.install()
            return page

        page = open_page()
        page.goto(f"{site.origin}/gallery?q=secret#secret")
        page.clock.run_for(1500)
        until(lambda: len(rows("page_view")) == 1, "no page view")
        began = time.monotonic()
        [[endpoint, user, session, _]] = rows("page_view")
        check((endpoint, user) == ("/gallery", "u-17") and session, rows("page_view"))
        check(host.sql("SELECT session_id, user_id, is_active FROM sessions") == [[session, "u-17", True]], "no session")
        check(host.sql("SELECT count(*) FROM sessions WHERE browser LIKE '%Chrome%'") == [[1]], "no browser")

        # A page that goes sends what it has, without anybody who waits for it.
        track(page, "left")
        page.goto(f"{site.origin}/about")
        until(sent("left"), "what was left when a page went is not there")
        page.clock.run_for(1500)
        until(lambda: len(rows("page_view")) == 2, "no second page view")
        check([row[0] for row in rows("page_view")] == ["/gallery", "/about"], rows("page_view"))
        check({row[2] for row in rows("page_view")} == {session}, "another session in the same tab")
        check([message for message in messages if message[1] == "login"].count(("POST", "login", 200)) == 1, "more than one login", messages)

        # A tab that is closed: its own session, and what it had is there now or with the next page.
        other = open_page()
        other.goto(f"{site.origin}/closed")
        track(other, "closed")
        other.close(run_before_unload=True)
        page.goto(f"{site.origin}/next")
        page.clock.run_for(3000)
        until(sent("left", "closed"), "what a closed tab had is not there")
        until(lambda: len(rows("page_view")) == 4, "page views")
        check(len({row[2] for row in rows("page_view")}) == 2, "a tab has no session of its own", rows("page_view"))

        # The service is away: the page goes on, and tries again.
        check(host.service.stop() == 0, "exit code")
        for number in range(3):
            track(page, f"away-{number}")
        page.clock.run_for(1500)
        page.clock.run_for(3000)
        check(page.evaluate("document.title") == "host" and not failures, "the page is troubled", failures)
        # It goes while the service is still away: the next one has what it kept.
        page.goto(f"{site.origin}/while-away")
        page.clock.run_for(3000)
        waiting = page.evaluate("typeof daybook")
        check(waiting == "object" and not failures, "the script is not kept by the browser", waiting, failures)
        host.service = Service(*settings, data=host.service.data, port=port)
        page.goto(f"{site.origin}/back")
        page.clock.run_for(1500)
        until(sent("left", "closed", "away-0", "away-1", "away-2"), "what was kept is not there")

        # The same in one page: it tries again by itself, more slowly each time, when the service is back.
        check(host.service.stop() == 0, "exit code")
        track(page, "again")
        page.clock.run_for(1500)
        time.sleep(0.3)
        host.service = Service(*settings, data=host.service.data, port=port)
        for _ in range(5):
            page.clock.run_for(2000)
            time.sleep(0.2)
        names = ["left", "closed", "away-0", "away-1", "away-2", "again"]
        until(sent(*names), "what failed was not tried again")

        # Within 15 s of the last activity, by the service's clock, a heartbeat changes nothing.
        time.sleep(max(0, began + 16 - time.monotonic()))
        before = host.sql(f"SELECT last_activity_at FROM sessions WHERE session_id = '{session}'")
        page.clock.run_for(61_000)
        until(lambda: host.sql(f"SELECT last_activity_at FROM sessions WHERE session_id = '{session}'") != before, "no heartbeat")
        until(lambda: page.evaluate("1") and ("POST", "heartbeat", 200) in messages, "no heartbeat was answered")
        check(not failures, "errors in pages", failures)
        refused = [message for message in messages if message[2] >= 400]
        check(not refused, "refused", refused)
        browser.close()
    # Everything once, whatever was sent again.
    check(host.sql("SELECT count(*), count(DISTINCT event_id) FROM events WHERE event_type = 'chat'") == [[6, 6]], "doubles")
    views = [row[0] for row in rows("page_view")]
    check(sorted(views) == ["/about", "/back", "/closed", "/gallery", "/next", "/while-away"], views)
    books = {name: sum(account[name] for account in host.get("/api/admin/ingest/ledger")["accounts"])
             for name in ("received", "accepted", "duplicates", "failed", "pending")}
    check(books["failed"] == books["pending"] == 0 and books["received"] == books["accepted"] + books["duplicates"], books)
    site.server.shutdown()
    host.stop()
