"""A real daemon for tests: in a folder of its own, on a port of its own, killed and started again at will."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DaemonProcess:
    def __init__(self, binary, folder, configuration, files):
        """`configuration` is the text of countersign.yaml without listen, `files` maps names to texts."""
        self.binary, self.folder, self.port, self.process = binary, folder, free_port(), None
        for name, text in dict(files, **{"countersign.yaml": f"listen: 127.0.0.1:{self.port}\n{configuration}"}).items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.log_path = os.path.join(folder, "daemon.log")

    def start(self, environment=None):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([self.binary, "serve", "--config", os.path.join(self.folder, "countersign.yaml")],
                                        stdout=log, stderr=log, env=dict(os.environ, **(environment or {})))
        log.close()
        deadline = time.monotonic() + 30
        while True:
            if self.process.poll() is not None:
                raise SystemExit("the daemon ended at once:\n" + self.log())
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise SystemExit("the daemon was not ready after 30 seconds:\n" + self.log())
            select_wait(0.01)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()[-6000:]

    def kill_hard(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def key(self):
        with open(os.path.join(self.folder, "data", "admin.key"), encoding="utf-8") as file:
            return file.read().strip()

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def api(self, method, path, value=None, actor=None, idempotency=None):
        headers = {"Authorization": "Bearer " + self.key()}
        if value is not None:
            headers["Content-Type"] = "application/json"
        if actor:
            headers["Countersign-Actor"] = actor
        if idempotency:
            headers["Idempotency-Key"] = idempotency
        status, data = self.request(method, path, None if value is None else json.dumps(value), headers)
        return status, json.loads(data) if data else None


def select_wait(seconds):
    """Gives way between two looks at a process that starts; nothing is assumed to have happened by then."""
    import select
    select.select([], [], [], seconds)


def wait_until(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds} seconds: {what}")
        select_wait(0.02)
