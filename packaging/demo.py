"""Plays three requests through a running daemon, as people, a CRM and a form would: over HTTP, with signed webhooks
and with the links of the mails in the built-in mailbox. packaging/demo.sh runs it."""

import base64
import hashlib
import hmac
import html.parser
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

SECRET = b"countersign-demonstration-secret"


def say(text=""):
    print(text, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """The daemon under test, in a folder of its own; can be killed and started again."""

    def __init__(self, binary, folder, port):
        self.binary, self.folder, self.port, self.process = binary, folder, port, None
        self.log = open(os.path.join(folder, "daemon.log"), "ab")

    def start(self):
        environment = dict(os.environ)
        environment["COUNTERSIGN_SECRET_GENERIC_WEBHOOK_SECRET"] = "whsec_" + base64.b64encode(SECRET).decode()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--dev", "--config", "packaging/example/countersign.yaml",
             "--data", os.path.join(self.folder, "data"), "--listen", f"127.0.0.1:{self.port}"],
            stdout=self.log, stderr=subprocess.STDOUT, env=environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                sys.exit(f"the daemon ended at once, see {self.log.name}:\n" + open(self.log.name).read()[-4000:])
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"the daemon was not ready after 30 seconds, see {self.log.name}")

    def kill_hard(self):
        self.answered.clear()  # the mailbox is the process's memory
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body=body, headers=headers or {})
        reply = connection.getresponse()
        data = reply.read()
        connection.close()
        return reply.status, data

    def key(self):
        with open(os.path.join(self.folder, "data", "admin.key")) as file:
            return file.read().strip()

    def api(self, method, path, value=None, actor=None):
        headers = {"Authorization": "Bearer " + self.key()}
        body = None
        if value is not None:
            body = json.dumps(value)
            headers["Content-Type"] = "application/json"
        if method != "GET":
            headers["Idempotency-Key"] = base64.b32encode(os.urandom(10)).decode()
        if actor:
            headers["Countersign-Actor"] = actor
        status, data = self.request(method, path, body, headers)
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {data.decode(errors='replace')}")
        return json.loads(data)

    def webhook(self, kind, data):
        body = json.dumps({"type": kind, "timestamp": now_text(), "data": data}).encode()
        identity = "msg_" + base64.b32encode(os.urandom(10)).decode()
        at = str(int(self.now()))
        content = f"{identity}.{at}.".encode() + body
        signature = base64.b64encode(hmac.new(SECRET, content, hashlib.sha256).digest()).decode()
        headers = {"Content-Type": "application/json", "webhook-id": identity, "webhook-timestamp": at,
                   "webhook-signature": "v1," + signature}
        status, reply = self.request("POST", "/hooks/generic", body, headers)
        if status != 202:
            sys.exit(f"the webhook was answered with {status}: {reply.decode(errors='replace')}")
        forged = dict(headers, **{"webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()})
        if self.request("POST", "/hooks/generic", body, forged)[0] != 401:
            sys.exit("a forged webhook was not refused")
        return json.loads(reply)["instances"]

    answered = {}  # (person, reference) -> the newest mail of theirs that was answered
    ahead = 0.0  # seconds by which the daemon's clock was moved

    def now(self):
        return time.time() + self.ahead

    def let_pass(self, words, seconds):
        status, data = self.request("POST", "/dev/clock", json.dumps({"advance": words}),
                                    {"Content-Type": "application/json"})
        if status != 200:
            sys.exit(f"the clock could not be moved: {status} {data.decode(errors='replace')}")
        self.ahead += seconds

    def mails(self, to):
        status, data = self.request("GET", "/dev/mailbox.json?to=" + urllib.parse.quote(to))
        return json.loads(data)["messages"] if status == 200 else []

    # Reminders leave in working time only, whatever the hour at which this is played.
    def let_pass_until_mail(self, to, containing, after):
        for _ in range(7 * 24):
            if any(mail["id"] > after and containing in mail["subject"] for mail in self.mails(to)):
                break
            self.let_pass("1 hour", 3600)
            time.sleep(0.1)
        return self.wait_for_mail(to, containing, after)

    def wait_for_mail(self, to, containing, after=0, links=False):
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for mail in self.mails(to):
                if mail["id"] > after and containing in mail["subject"] and (mail["links"] or not links):
                    return mail
            time.sleep(0.03)
        sys.exit(f"no mail to {to} about '{containing}' came within 15 seconds")


def now_text():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Form(html.parser.HTMLParser):
    """The fields of the page's form, as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.action, self.choices = [], None, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        have = dict(attributes)
        if tag == "form":
            self.action = have.get("action")
        elif tag == "input" and have.get("type") == "hidden":
            self.fields.append((have["name"], have.get("value", "")))
        elif tag == "input" and have.get("type") == "checkbox" and "checked" in have:
            self.fields.append((have["name"], have.get("value", "on")))
        elif tag == "button" and have.get("name") == "outcome":
            self.choices.append(have["value"])


def answer(daemon, person, reference, outcome, comment="", fields=(), checks=()):
    """Opens the link of the person's next mail about the reference and presses a button on its page."""
    # Somebody may have mails about questions that others of their group have answered: the one that is open counts.
    while True:
        mail = daemon.wait_for_mail(f"{person}@example.com", reference, daemon.answered.get((person, reference), 0),
                                    links=True)
        daemon.answered[person, reference] = mail["id"]
        path = urllib.parse.urlsplit(mail["links"][0]).path
        status, page = daemon.request("GET", path)
        if status != 200:
            sys.exit(f"{path}: {status}")
        form = Form(page.decode())
        if outcome in form.choices:
            break
        if form.choices:
            sys.exit(f"the page of {person} offers {form.choices}, not {outcome}")
    data = form.fields + [("outcome", outcome), ("comment", comment)]
    data += list(fields) + [("check", check) for check in checks]
    status, page = daemon.request("POST", path, urllib.parse.urlencode(data),
                                  {"Content-Type": "application/x-www-form-urlencoded",
                                   "Origin": f"http://127.0.0.1:{daemon.port}"})
    if status >= 400:
        sys.exit(f"{person} could not answer {reference} with {outcome}: {status}\n{page.decode()[-3000:]}")
    say(f"    {person:12} {outcome:12} by the link in \"{mail['subject']}\"")
    return mail


def instance(daemon, identity):
    return daemon.api("GET", f"/api/v1/instances/{identity}")


def expect(daemon, identity, status):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        shown = instance(daemon, identity)
        if shown["status"] == status:
            return shown
        time.sleep(0.03)
    sys.exit(f"{shown['reference']} is '{shown['status']}' and not '{status}'")


def upload(daemon, name, content, kind, actor):
    status, data = daemon.request("POST", "/api/v1/files?name=" + urllib.parse.quote(name), content, {
        "Authorization": "Bearer " + daemon.key(), "Countersign-Actor": actor, "Content-Type": kind,
        "Idempotency-Key": base64.b32encode(os.urandom(10)).decode()})
    if status >= 300:
        sys.exit(f"the file {name} was not taken: {status} {data.decode(errors='replace')}")
    return json.loads(data)["id"]


PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
       b"trailer<</Root 1 0 R>>\n%%EOF\n")


def play(daemon):
    say("1. A contract review, started by a signed webhook of the CRM")
    deal = "D-" + base64.b32encode(os.urandom(5)).decode()
    contract = daemon.webhook("deal.negotiation", {
        "deal": deal, "customer": "Hengtong Logistics", "amount": "84000.00", "owner": "li.na@example.com",
        "payment_terms": "30 days", "term_months": 12})[0]
    reference = instance(daemon, contract)["reference"]
    say(f"    {reference} for deal {deal}")
    draft = upload(daemon, "draft.pdf", PDF + os.urandom(8), "application/pdf", "li.na")
    decide(daemon, "li.na", contract, "done", form={"draft": [draft]})
    answer(daemon, "zhang.wei", reference, "approved", "price is fine")
    answer(daemon, "zhou.min", reference, "returned", "clause 7 has no limit of liability")
    say("    ... legal has sent it back: everybody is asked again about the new draft")
    answer(daemon, "li.na", reference, "resubmitted", "clause 7 is limited now")
    answer(daemon, "zhang.wei", reference, "approved")
    answer(daemon, "zhou.min", reference, "approved", fields=[("a.risk", "low")])

    say("2. An expense claim, filed by a form")
    invoice = upload(daemon, "invoice.pdf", PDF + os.urandom(8), "application/pdf", "anna.schmidt")
    claim = daemon.api("POST", "/api/v1/workflows/expense-approval/instances", {
        "requester": "anna.schmidt",
        "form": {"purpose": "Train to Hangzhou", "amount": "412.50", "category": "travel", "invoices": [invoice]}})
    say(f"    {claim['reference']}: nobody answers for four days, so the manager is chased")
    first = daemon.wait_for_mail("zhang.wei@example.com", claim["reference"])
    daemon.let_pass("5 days", 5 * 86400)
    chased = daemon.let_pass_until_mail("zhang.wei@example.com", claim["reference"], first["id"])
    say(f"    {'zhang.wei':12} got a reminder: \"{chased['subject']}\"")

    say("3. The daemon is killed (SIGKILL) in the middle of all this, and started again")
    before = [instance(daemon, identity) for identity in (contract, claim["id"])]
    daemon.kill_hard()
    daemon.start()
    after = [instance(daemon, identity) for identity in (contract, claim["id"])]
    if before != after:
        sys.exit("something is different after the restart")
    say("    everything is where it was")
    daemon.let_pass("5 days", 0)  # the new process's clock begins at the machine's time again

    answer(daemon, "zhang.wei", claim["reference"], "approved", "fine")
    answer(daemon, "wang.fang", claim["reference"], "approved", fields=[("a.cost_center", "4711")])
    answer(daemon, "sun.li", claim["reference"], "paid")
    expect(daemon, claim["id"], "paid")
    paid = daemon.wait_for_mail("anna.schmidt@example.com", claim["reference"])
    say(f"    {claim['reference']} is paid; anna.schmidt reads: \"{paid['subject']}\"")
    travel = daemon.api("GET", "/api/v1/ledgers/sales%2Ftravel")
    if (travel["spent"], travel["reserved"], travel["available"]) != ("412.50", "0.00", "199587.50"):
        sys.exit(f"the travel budget is not what was paid: {travel}")
    say(f"    of the travel budget {travel['available']} {travel['currency']} are left")
    refused, data = daemon.request("POST", "/api/v1/workflows/expense-approval/instances", json.dumps({
        "requester": "li.na",
        "form": {"purpose": "The same invoice", "amount": "412.50", "category": "travel", "invoices": [invoice]}}),
        {"Authorization": "Bearer " + daemon.key(), "Content-Type": "application/json", "Idempotency-Key": "again"})
    if refused != 422:
        sys.exit(f"the same invoice was taken twice: {refused} {data.decode(errors='replace')}")
    say("    the same invoice a second time is refused")

    answer(daemon, "wang.fang", reference, "approved")
    answer(daemon, "wu.qiang", reference, "approved")
    signed = upload(daemon, "contract.pdf", PDF + os.urandom(8), "application/pdf", "li.na")
    decide(daemon, "li.na", contract, "signed", answers={"contract": signed})
    expect(daemon, contract, "signed")
    say(f"    {reference} is signed, and has started the handoff of the project")

    say("4. The project handoff")
    deadline = time.monotonic() + 15
    projects = []
    while not projects and time.monotonic() < deadline:
        projects = [row for row in daemon.api("GET", "/api/v1/instances?workflow=project-handoff")["instances"]]
        time.sleep(0.03)
    project = projects[0]["id"]
    reference = projects[0]["reference"]
    notes = [("a.goals", "one system for all depots"), ("a.contacts", "Ms Chen, IT"), ("a.promises", "go-live in May"),
             ("a.accepts", "ms.chen@example.com")]
    answer(daemon, "li.na", reference, "done", fields=notes, checks=["goals", "contacts", "promises", "access"])
    answer(daemon, "huang.tao", reference, "returned", "who signs the acceptance at the customer?")
    answer(daemon, "li.na", reference, "done", fields=notes, checks=["goals", "contacts", "promises", "access"])
    answer(daemon, "huang.tao", reference, "accepted",
           fields=[("a.lead", "james.miller"), ("a.kickoff_on", "2027-01-12")])
    answer(daemon, "james.miller", reference, "done", fields=[("a.go_live", "2027-05-03")],
           checks=["agreed_goals", "division", "dates"])
    for step in ("deploy", "training"):
        answer(daemon, "james.miller", reference, "done")
    answer(daemon, "ms.chen", reference, "accepted")  # of the customer, in no directory
    answer(daemon, "james.miller", reference, "done", fields=[("a.lessons", "ask for the depots' floor plans first")])
    expect(daemon, project, "completed")
    say(f"    {reference} is completed")


def decide(daemon, person, identity, outcome, **data):
    """Through the API with a file, as a mobile app would, for the person's open item of the instance."""
    for item in instance(daemon, identity)["work_items"]:
        if item["status"] == "open" and item.get("assignee") == person:
            daemon.api("POST", f"/api/v1/work-items/{item['id']}/decision",
                       {"outcome": outcome, "version": item["version"], **data}, actor=person)
            say(f"    {person:12} {outcome:12} by the API")
            return
    sys.exit(f"{person} has no open item of {identity}")


def end(*_):
    sys.exit(1)


def main():
    binary, once = sys.argv[1], "--once" in sys.argv[2:]
    signal.signal(signal.SIGTERM, end)  # the daemon is stopped and the folder removed on the way out
    folder = tempfile.mkdtemp(prefix="countersign-demo-")
    daemon = Daemon(binary, folder, free_port())
    try:
        daemon.start()
        play(daemon)
        say()
        say("Done: three requests, complete.")
        if once:
            return
        say(f"Look around: http://127.0.0.1:{daemon.port}/dev/mailbox")
        say(f"             curl -H \"Authorization: Bearer $(cat {folder}/data/admin.key)\" "
            f"http://127.0.0.1:{daemon.port}/api/v1/instances")
        say("Ctrl-C ends it.")
        try:
            daemon.process.wait()
        except KeyboardInterrupt:
            say()
    finally:
        daemon.stop()
        daemon.log.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
