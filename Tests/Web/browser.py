"""Chromium on the dashboard of a running service, and what every visit has to keep to."""

import contextlib, json, os, re, sys, urllib.parse, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Service"))

from playwright.sync_api import expect, sync_playwright  # noqa: E402
from service import BINARY, FOLDER, UNLIMITED, Service, check, command  # noqa: E402,F401

CHROMIUM = os.environ.get("DAYBOOK_CHROMIUM", "/usr/bin/chromium")
PATIENCE = 20_000
SETTINGS = [*UNLIMITED, "--set", "access.superadmins=root", "--set", "token.clock_skew_seconds=0"]
expect.set_options(timeout=PATIENCE)

# All that is loaded has come, and nothing waits.
SETTLED = """() => document.querySelector('#main .content') &&
    !document.querySelector('[aria-busy=true], [data-test=skeleton], .figure-waiting')"""


# What pages asked for and the service has not.
absent = set()


class Dashboard(Service):
    """A service over tables that `fill` has filled before it starts, with what asks it beside the browser."""

    def __init__(self, data, *arguments):
        super().__init__(*SETTINGS, *arguments, data=data)
        self.origin = self.url("")
        self.tokens = {}

    def token(self, role, *organizations, user="ann", expires="8h"):
        name = (role, organizations, user, expires)
        if name not in self.tokens or expires != "8h":
            named = [part for one in organizations for part in ("--organization", one)]
            self.tokens[name] = command(
                "token", "issue", "--data", self.data, "--set", "access.superadmins=root", "--user", user,
                "--role", role, "--expires", expires, *named).stdout.strip()
        return self.tokens[name]

    def offers(self, path):
        """Whether there is such an endpoint, by the service's own description."""
        if not hasattr(self, "paths"):
            paths = json.loads(self.ask("/openapi.json")[1])["paths"]
            self.paths = [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one)) + "$") for one in paths]
        return any(one.match(path) for one in self.paths)

    def get(self, path, token):
        answer, body = self.ask(path, token)
        check(answer.status == 200, path, answer.status, body)
        return json.loads(body)

    def post(self, path, value, token):
        answer, body = super().post(path, value, token)
        check(answer.status < 300, path, answer.status, body)
        return json.loads(body)


class Visitor:
    """One browser of one person. What goes wrong in the page is in `faults`; `expected` are answers that do."""

    def __init__(self, context, service, expected):
        self.context, self.service, self.expected = context, service, expected
        self.faults, self.requests = [], []
        self.page = context.new_page()
        context.on("page", self.watch)
        self.watch(self.page)

    def watch(self, page):
        page.set_default_timeout(PATIENCE)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.faults.append(f"error in the page: {error}"))
        page.on("request", self.request)
        page.on("dialog", lambda dialog: (self.faults.append(f"a script ran: {dialog.message}"), dialog.dismiss()))

    def console(self, message):
        if message.type not in ("error", "warning"):
            return
        # What answers with an error is said by Chromium for each request that asked.
        if any(str(text) in message.text for text in self.expected):
            return
        path = urllib.parse.urlsplit(message.location.get("url") or "").path
        if "404" in message.text and path.startswith("/api/") and not self.service.offers(path):
            absent.add(path)
            return
        self.faults.append(f"{message.type} on the console: {message.text} ({message.location.get('url')})")

    def request(self, request):
        self.requests.append(request)
        if not request.url.startswith((self.service.origin + "/", "data:", "blob:" + self.service.origin)):
            self.faults.append(f"a request left the origin: {request.url}")

    def go(self, path, settled=True):
        self.page.goto(self.service.url(path))
        if settled:
            self.settle()
        return self.page

    def settle(self):
        self.page.wait_for_function(SETTLED)

    def find(self, test, within=None):
        return (within or self.page).locator(f"[data-test={test}]")

    def choose(self, name, value):
        """A filter of the header: boxes where the service says what there is, else a field."""
        filter = self.find(f"filter-{name}")
        if filter.evaluate("(one) => one.matches('fieldset')"):
            filter.locator(f"input[value={value}]").check()
        else:
            filter.fill(value)


class Browser:
    """Chromium without a window, that finds nothing but this machine."""

    def __enter__(self):
        self.playwright = sync_playwright().start()
        self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=[
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"])
        return self

    def __exit__(self, *error):
        self.chromium.close()
        self.playwright.stop()

    @contextlib.contextmanager
    def visitor(self, service, token=None, expected=(), width=1360, height=900, **options):
        """A browser of its own; signed in by the cookie where there is a token."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", timezone_id="UTC", **options)
        if token:
            context.add_cookies([{"name": "daybook_session", "value": token, "url": service.origin,
                                  "httpOnly": True, "sameSite": "Strict"}])
        visitor = Visitor(context, service, expected)
        try:
            yield visitor
            check(not visitor.faults, "; ".join(visitor.faults[:5]))
        except Exception:
            with contextlib.suppress(Exception):
                path = os.path.join(os.environ.get("DAYBOOK_WEB_FAILURES", FOLDER), "failure.png")
                visitor.page.screenshot(path=path)
                print(f"        at {visitor.page.url}; {'; '.join(visitor.faults[:5])}", flush=True)
            raise
        finally:
            context.close()
