"""kill -9 under load, again and again: nothing that was acknowledged is lost, nothing is decided twice, a repeated
request gets the same answer, nobody is asked without a message, and at the end timers, work items, the audit log and
the database are whole.

    kill_hard_test.py BINARY [--rounds N] [--seed N]
"""

import argparse
import http.client
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_process import DaemonProcess, select_wait  # noqa: E402

WORKFLOW = """workflow: load
start:
  - form:
form:
  note: {type: text, required: true}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 1 business day
    remind:
      - {after_due: 0 days, every: 1 business day}
  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
"""
PEOPLE = """people:
  - {id: boss, name: Boss, mail: boss@example.com}
  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}
  - {id: fin, name: Fin, mail: fin@example.com}
groups:
  finance: [fin]
"""


class Client(threading.Thread):
    """Starts instances and decides them; what was not answered is sent again with its key in the next round."""

    def __init__(self, daemon, number, book):
        super().__init__(daemon=True)
        self.daemon_process, self.number, self.book, self.count = daemon, number, book, 0
        self.unanswered = None
        self.answered = None  # the last one: sent again in the next round, it changes nothing
        self.stopping = threading.Event()

    def send(self, request):
        self.unanswered = request
        method, path, value, actor, key = request
        try:
            status, answer = self.daemon_process.api(method, path, value, actor, key)
        except (OSError, ValueError, http.client.HTTPException):  # the connection died with the daemon
            return None
        self.unanswered = None
        if status == 503:
            self.unanswered = request
            return None
        if status not in (200, 201):
            raise SystemExit(f"{path}: {status} {answer}")
        with self.book.lock:
            known = self.book.answers.setdefault(key, answer)
        if known != answer:
            raise SystemExit(f"the same request was answered differently: {known} and {answer}")
        self.answered = request
        return answer

    def run(self):
        try:
            self.work()
        except SystemExit as failure:
            self.book.failures.append(str(failure))

    def work(self):
        pending = self.unanswered
        if pending is None and self.answered is not None and self.send(self.answered) is None:
            self.unanswered = None
            return
        while not self.stopping.is_set():
            if pending is not None:
                answer = self.send(pending)
                request, pending = pending, None
            else:
                self.count += 1
                request = ("POST", "/api/v1/workflows/load/instances",
                           {"requester": "rep", "form": {"note": f"{self.number}-{self.count}"}}, None,
                           f"start-{self.number}-{self.count}")
                answer = self.send(request)
            if answer is None:
                return
            if "reference" in answer and "outcome" not in answer:
                with self.book.lock:
                    self.book.started[answer["id"]] = answer["reference"]
                pending = ("POST", f"/api/v1/work-items/{answer['id']}.3/decision", {"outcome": "approved", "version": 1},
                           "boss", "decide-" + answer["id"])
            else:
                with self.book.lock:
                    self.book.decided.add(answer["instance"])


class Book:
    """What was acknowledged."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answers, self.started, self.decided, self.failures = {}, {}, set(), []


def check(daemon, book, binary):
    path = os.path.join(daemon.folder, "data", "countersign.db")
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    stored = {row[0]: row[1] for row in database.execute("SELECT id, reference FROM instance")}
    lost = [identity for identity in book.started if identity not in stored]
    assert not lost, f"acknowledged and gone: {lost[:5]}"
    assert len(set(stored.values())) == len(stored), "a reference was given twice"
    manager = {row[0] for row in database.execute(
        "SELECT instance.id FROM work_item JOIN instance ON instance.n = work_item.instance "
        "WHERE number = 3 AND outcome = 'approved'")}
    undone = [identity for identity in book.decided if identity not in manager]
    assert not undone, f"acknowledged decisions are gone: {undone[:5]}"
    twice = database.execute("SELECT instance, number FROM work_item GROUP BY instance, number HAVING count(*) > 1")
    assert twice.fetchall() == [], "a work item stands twice"
    untold = database.execute(
        "SELECT instance.reference FROM work_item JOIN instance ON instance.n = work_item.instance LEFT JOIN outbox ON "
        "outbox.instance = instance.id AND outbox.item = work_item.number WHERE outbox.id IS NULL LIMIT 5").fetchall()
    assert untold == [], f"somebody was asked, and no message about it is there: {untold}"
    outbox = database.execute("SELECT idempotency_key FROM outbox GROUP BY idempotency_key HAVING count(*) > 1")
    assert outbox.fetchall() == [], "a message has two rows"
    database.close()


def check_each_start_once(daemon, book):
    """Every start was answered by now, the ones that were sent again too."""
    path = os.path.join(daemon.folder, "data", "countersign.db")
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    stored = database.execute("SELECT count(*) FROM instance").fetchone()[0]
    database.close()
    keys = [key for key in book.answers if key.startswith("start-")]
    assert stored == len(keys), f"{len(keys)} requests to start have made {stored} instances"


def check_whole(daemon, binary):
    data = os.path.join(daemon.folder, "data")
    database = sqlite3.connect(f"file:{os.path.join(data, 'countersign.db')}?mode=ro", uri=True)
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()
    verified = subprocess.run([binary, "audit", "verify", "--data", data], capture_output=True, text=True)
    assert verified.returncode == 0, "audit verify: " + verified.stdout + verified.stderr
    rebuilt = subprocess.run([binary, "doctor", "--rebuild", "--data", data], capture_output=True, text=True)
    assert rebuilt.returncode == 0, "the log gives other timers or work items: " + rebuilt.stdout + rebuilt.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    moments = random.Random(options.seed)
    folder = tempfile.mkdtemp(prefix="countersign-kill-")
    daemon = DaemonProcess(options.binary, folder, "data: data\nworkflows: [workflows]\nconnectors: []\npeople: people.yaml\n",
                           {"workflows/load.yaml": WORKFLOW, "people.yaml": PEOPLE})
    book = Book()
    clients = [Client(daemon, number, book) for number in range(8)]
    slowest = 0.0
    for round_number in range(options.rounds):
        begin = time.monotonic()
        daemon.start()
        slowest = max(slowest, time.monotonic() - begin)
        continued = []
        for client in clients:
            fresh = Client(daemon, client.number, book)
            fresh.count, fresh.unanswered, fresh.answered = client.count, client.unanswered, client.answered
            continued.append(fresh)
            fresh.start()
        clients = continued
        select_wait(moments.uniform(0.02, 0.4))
        daemon.kill_hard()
        for client in clients:
            client.join(30)
        assert not book.failures, book.failures[:3]
        check(daemon, book, options.binary)
    check_whole(daemon, options.binary)
    daemon.start()
    for client in clients:
        if client.unanswered is not None:
            client.send(client.unanswered)
    daemon.stop()
    check(daemon, book, options.binary)
    check_each_start_once(daemon, book)
    check_whole(daemon, options.binary)
    assert len(book.decided) > options.rounds, "hardly anything happened, so hardly anything was tested"
    shutil.rmtree(folder)
    print(f"{options.rounds} times killed: {len(book.started)} starts and {len(book.decided)} decisions acknowledged, "
          f"all there; slowest start {slowest:.2f} s")


main()
