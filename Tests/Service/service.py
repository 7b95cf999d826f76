"""The built service as a process, for the tests from outside."""

import atexit, http.client, json, os, resource, shutil, signal, socket, ssl, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("DAYBOOK") or os.path.join(ROOT, ".build/release/daybook")
TOOLS = os.path.dirname(sys.executable)
os.environ["PATH"] = os.path.join(ROOT, ".venv/prometheus/usr/bin") + ":" + os.environ["PATH"]
FOLDER = tempfile.mkdtemp(prefix="daybook-service-")
processes = []


@atexit.register
def clean():
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(FOLDER, ignore_errors=True)


def check(holds, *what):
    if not holds:
        raise AssertionError(" ".join(str(part) for part in what))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*arguments, status=0):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30)
    check(done.returncode == status, arguments, "ended with", done.returncode, done.stderr)
    return done


class Service:
    """A service that runs; its log is in a file."""

    def __init__(self, *arguments, data=None, scheme="http", port=None, is_awaited=True, environment=None):
        self.data = data or tempfile.mkdtemp(dir=FOLDER)
        self.port, self.scheme = port or free_port(), scheme
        self.log = os.path.join(FOLDER, f"log-{self.port}")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", self.data, "--port", str(self.port), *arguments],
            stdout=subprocess.DEVNULL, stderr=open(self.log, "w"), env={**os.environ, **(environment or {})})
        processes.append(self.process)
        if is_awaited:
            self.wait()

    def wait(self):
        """Until it listens."""
        deadline = time.monotonic() + 20
        while "daybook serves" not in self.text():
            check(self.process.poll() is None, "the service ended:", self.text())
            check(time.monotonic() < deadline, "the service does not start:", self.text())
            time.sleep(0.02)

    def text(self):
        with open(self.log) as log:
            return log.read()

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def ask(self, path, token=None):
        return self.exchange("GET", path, None, {"Authorization": f"Bearer {token}"} if token else {})

    def post(self, path, value, token):
        """Sends JSON."""
        return self.exchange("POST", path, json.dumps(value), {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json"})

    def exchange(self, method, path, body, headers):
        context = ssl._create_unverified_context() if self.scheme == "https" else None
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30) if context
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=30))
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer, body

    def token(self, role="platform_admin", *arguments):
        return command("token", "issue", "--data", self.data, "--user", "me", "--role", role, *arguments).stdout.strip()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def memory(self):
        """Resident, in MB."""
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


UNLIMITED = ["--set", "limit.requests_per_second=0", "--set", "limit.address_requests_per_second=0"]
