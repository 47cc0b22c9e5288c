"""The daemon as its administrator meets it: files change under it, break, and are mended; it is told to read them again,
killed, backed up and stopped.

    daemon_test.py BINARY
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_process import DaemonProcess, wait_until  # noqa: E402

WORKFLOW = """workflow: {name}
start:
  - form:
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
  - end: approved
"""
CALLING = """workflow: calling
start:
  - form:
statuses: [told, not_told]
steps:
  - id: tell
    call: peer.send
    with:
      text: '"hello"'
    on:
      failed: {end: not_told}
  - end: told
"""
PEER = """connector: peer
outbound:
  base: http://127.0.0.1:PORT
  auth: {bearer: peer-token}
  actions:
    send:
      input:
        text: {type: text}
      request:
        json: {text: input.text}
      retry: {for: 1 hour}
"""
PEOPLE = """people:
  - {id: boss, name: Boss, mail: boss@example.com}
  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}
"""
CONFIGURATION = """data: data
people: people.yaml
secrets: secrets
"""


class Peer(HTTPServer):
    """Another system: keeps what it is sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers["Authorization"], body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Installation:
    def __init__(self, binary, configuration, files):
        self.folder = tempfile.mkdtemp(prefix="countersign-daemon-")
        self.daemon = DaemonProcess(binary, self.folder, configuration, files)
        self.binary = binary

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is not None:
            print(self.daemon.log(), file=sys.stderr)
        self.daemon.stop()
        shutil.rmtree(self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text, mode=0o644):
        path = self.path(*name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".tmp", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path + ".tmp", mode)
        os.rename(path + ".tmp", path)

    def workflows(self):
        status, answer = self.daemon.api("GET", "/api/v1/workflows")
        assert status == 200, answer
        return {row["id"]: row["version"] for row in answer["workflows"]}

    def start(self, workflow):
        status, answer = self.daemon.api("POST", f"/api/v1/workflows/{workflow}/instances", {"requester": "rep", "form": {}},
                                         None, f"start-{workflow}-{os.urandom(4).hex()}")
        assert status == 201, answer
        return answer["id"]

    def run(self, *arguments):
        return subprocess.run([self.binary, *arguments, "--config", self.path("countersign.yaml")], capture_output=True,
                              text=True)


def a_changed_file_takes_over_by_itself_and_a_broken_one_does_not(binary):
    with Installation(binary, CONFIGURATION, {"workflows/one.yaml": WORKFLOW.format(name="one"),
                                              "people.yaml": PEOPLE}) as home:
        home.daemon.start()
        first = home.workflows()["one"]
        home.write("workflows/one.yaml", WORKFLOW.format(name="one").replace("id: manager", "id: boss_looks"))
        second = wait_until(lambda: home.workflows()["one"] != first and home.workflows()["one"], "the new version")
        home.write("workflows/two.yaml", WORKFLOW.format(name="two"))
        wait_until(lambda: "two" in home.workflows(), "the new workflow")
        home.write("workflows/one.yaml", "workflow: one\nstrat: []\n")
        wait_until(lambda: "unknown key 'strat'" in home.daemon.log(), "the diagnostic in the log")
        assert home.workflows()["one"] == second, "the last good version stays"

        # Another folder in its place is another folder to the system.
        shutil.move(home.path("workflows"), home.path("old"))
        os.makedirs(home.path("new"))
        with open(home.path("new", "three.yaml"), "w", encoding="utf-8") as file:
            file.write(WORKFLOW.format(name="three"))
        shutil.move(home.path("new"), home.path("workflows"))
        wait_until(lambda: list(home.workflows()) == ["three"], "the other folder")
        home.write("workflows/four.yaml", WORKFLOW.format(name="four"))
        wait_until(lambda: "four" in home.workflows(), "a file in the other folder")

        home.daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reloaded: 2 workflows" in home.daemon.log(), "the reload by SIGHUP")


def a_file_that_is_broken_meanwhile_keeps_nobody_down(binary):
    with Installation(binary, CONFIGURATION, {"workflows/one.yaml": WORKFLOW.format(name="one"),
                                              "workflows/two.yaml": WORKFLOW.format(name="two"),
                                              "people.yaml": PEOPLE}) as home:
        home.daemon.start()
        version = home.workflows()["one"]
        running = home.start("one")
        home.daemon.kill_hard()
        home.write("workflows/one.yaml", "workflow: one\nsteps: [\n")
        home.write("people.yaml", PEOPLE + "  - {id: rep}\n")
        home.daemon.start()
        assert home.workflows()["one"] == version, home.workflows()
        assert "stays as it last was" in home.daemon.log()
        status, shown = home.daemon.api("GET", f"/api/v1/instances/{running}")
        assert status == 200 and len(shown["work_items"]) == 1, shown
        status, answer = home.daemon.api("POST", f"/api/v1/work-items/{shown['work_items'][0]['id']}/decision",
                                         {"outcome": "approved", "version": 1}, "boss", "decide")
        assert status == 200, answer
        home.start("one")
        problems = home.run("doctor")
        assert problems.returncode == 1 and "people.yaml:4: person 'rep' needs the key" in problems.stdout, problems.stdout
        assert "is still let in and asked as before" in problems.stdout, problems.stdout

    with Installation(binary, CONFIGURATION, {"workflows/one.yaml": "workflow: one\nsteps: [\n",
                                              "people.yaml": PEOPLE}) as home:
        refused = home.run("serve")
        assert refused.returncode == 1 and "nothing was started" in refused.stderr, refused.stderr
        assert "one.yaml:2" in refused.stderr, refused.stderr


def what_an_installation_lacks_decides_nothing(binary):
    peer = Peer()
    with Installation(binary, CONFIGURATION + "outbound: {allow: [127.0.0.1]}\n",
                      {"workflows/calling.yaml": CALLING, "people.yaml": PEOPLE,
                       "connectors/peer.yaml": PEER.replace("PORT", str(peer.server_port))}) as home:
        said = home.run("validate")
        assert said.returncode == 0 and "there is no secret 'peer-token'" in said.stdout, said.stdout + said.stderr
        assert "no mail can leave" in said.stdout, said.stdout
        home.daemon.start()
        assert "there is no secret 'peer-token'" in home.daemon.log()
        identity = home.start("calling")

        def row():
            status, answer = home.daemon.api("GET", "/api/v1/admin/outbox?status=pending&target=http:peer")
            assert status == 200, answer
            return answer["outbox"][0] if answer["outbox"] else None

        waiting = wait_until(lambda: row() is not None and row()["attempts"] > 0 and row(), "the first attempt")
        assert "there is no secret 'peer-token'" in waiting["error"], waiting
        status, shown = home.daemon.api("GET", f"/api/v1/instances/{identity}")
        assert shown["status"] == "running", shown
        home.write("secrets/peer-token", "t0ken\n", 0o600)
        reloaded = home.run("reload")
        assert reloaded.returncode == 0, reloaded.stderr
        wait_until(lambda: peer.got, "the call, at once after the reload", 8)
        assert peer.got[0][0] == "Bearer t0ken", peer.got
        wait_until(lambda: home.daemon.api("GET", f"/api/v1/instances/{identity}")[1]["status"] == "told", "the end")
    peer.shutdown()


def settings_are_read_again_and_the_rest_is_named(binary):
    with Installation(binary, CONFIGURATION, {"workflows/one.yaml": WORKFLOW.format(name="one"),
                                              "people.yaml": PEOPLE}) as home:
        home.daemon.start()
        with open(home.path("countersign.yaml"), encoding="utf-8") as file:
            text = file.read()
        home.write("countersign.yaml", text + "calendars:\n  office: {zone: Asia/Shanghai, hours: {mon-fri: \"09:00-17:00\"}}\nstop_within: 5 seconds\n")
        home.write("workflows/one.yaml",
                   WORKFLOW.format(name="one").replace("statuses:", "calendar: office\nstatuses:"))
        reloaded = home.run("reload")
        assert reloaded.returncode == 0 and "error" not in reloaded.stdout, reloaded.stdout + reloaded.stderr
        assert "stop_within changed; that takes effect when" in reloaded.stdout, reloaded.stdout


def backups_are_whole_and_private_and_a_stop_is_graceful(binary):
    with Installation(binary, CONFIGURATION, {"workflows/one.yaml": WORKFLOW.format(name="one"),
                                              "people.yaml": PEOPLE}) as home:
        home.daemon.start()
        for _ in range(20):
            home.start("one")
        copy = home.path("copy.db")
        made = home.run("backup", copy)
        assert made.returncode == 0, made.stderr
        database = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
        assert database.execute("SELECT count(*) FROM instance").fetchone()[0] == 20
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        database.close()
        for private in (copy, home.path("data", "countersign.db")):
            assert os.stat(private).st_mode & 0o077 == 0, private
        home.daemon.process.terminate()
        assert home.daemon.process.wait(timeout=20) == 0
        assert "stopped" in home.daemon.log()


for test in (a_changed_file_takes_over_by_itself_and_a_broken_one_does_not,
             a_file_that_is_broken_meanwhile_keeps_nobody_down, what_an_installation_lacks_decides_nothing,
             settings_are_read_again_and_the_rest_is_named, backups_are_whole_and_private_and_a_stop_is_graceful):
    test(sys.argv[1])
    print("ok", test.__name__)
