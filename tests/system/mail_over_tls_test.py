"""The whole way of a request by real mail: the daemon sends over STARTTLS with a login to a real mail server, the
approver presses the link in the mail that arrived, and nothing goes out where the server's certificate is wrong.

    mail_over_tls_test.py BINARY
"""

import base64
import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_process import DaemonProcess, wait_until  # noqa: E402

WORKFLOW = """workflow: leave
title: {en: Leave request, zh-CN: 请假申请}
start:
  - form:
form:
  days: {type: integer, label: {en: Days, zh-CN: 天数}, required: true, min: 1}
statuses: [approved, rejected]
steps:
  - id: manager
    title: {en: "May they go?", zh-CN: "是否同意请假？"}
    approve:
      by: requester.manager
  - end: approved
"""
PEOPLE = """people:
  - {id: zhang.wei, name: 张伟, mail: zhang.wei@example.com, locale: zh-CN}
  - {id: li.na, name: 李娜, mail: li.na@example.com, manager: zhang.wei, locale: en}
"""
CONNECTOR = """connector: email
kind: email
host: 127.0.0.1
port: {port}
tls: starttls
user: approvals
password: smtp-password
from: Approvals <approvals@example.com>
ca_file: {ca}
"""


class Sink:
    """Debian's aiosmtpd as the mail server, see tests/delivery/smtp_sink.py."""

    def __init__(self, settings):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "delivery", "smtp_sink.py")
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
        self.process = subprocess.Popen([python, script, json.dumps(settings)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.messages = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.messages.append(json.loads(line))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


def make_certificate(folder, name):
    certificate, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


def message_of(entry):
    return email.message_from_bytes(base64.b64decode(entry["content"]), policy=email.policy.default)


def main():
    binary = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="countersign-mail-")
    certificate, key = make_certificate(folder, "mail")
    other, _ = make_certificate(folder, "other")
    sink = Sink({"mode": "starttls", "cert": certificate, "key": key, "user": "approvals", "password": "secret-1"})
    daemon = DaemonProcess(
        binary, folder,
        "data: data\nworkflows: [workflows]\nconnectors: [connectors]\npeople: people.yaml\n"
        "outbound: {allow: [127.0.0.0/8]}\n",
        {"workflows/leave.yaml": WORKFLOW, "people.yaml": PEOPLE,
         "connectors/email.yaml": CONNECTOR.format(port=sink.port, ca=certificate)})
    environment = {"COUNTERSIGN_SECRET_SMTP_PASSWORD": "secret-1"}
    daemon.start(environment)
    status, instance = daemon.api("POST", "/api/v1/workflows/leave/instances",
                                  {"requester": "li.na", "form": {"days": 3}}, idempotency="one")
    assert status == 201, (status, instance)
    wait_until(lambda: sink.messages, "the request's mail")
    request = message_of(sink.messages[0])
    assert sink.messages[0]["tls"] and sink.messages[0]["authenticated"], "sent without TLS or login"
    assert "是否同意请假" in request["Subject"], request["Subject"]
    assert instance["reference"] in request["Subject"], request["Subject"]
    assert request["Auto-Submitted"] == "auto-generated"
    assert request["To"].addresses[0].addr_spec == "zhang.wei@example.com"
    assert request["Message-ID"], "no Message-ID"
    kinds = [part.get_content_type() for part in request.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"], kinds
    text = request.get_body(("plain",)).get_content()
    assert "天数" in text, text
    link = re.search(r"http://127\.0\.0\.1:\d+/a/[A-Za-z0-9_-]+", text).group(0)
    path = urllib.parse.urlsplit(link).path

    for _ in range(3):  # scanners open links; nothing happens by that
        status, page = daemon.request("GET", path)
        assert status == 200
    assert daemon.api("GET", "/api/v1/instances/" + instance["id"])[1]["status"] == "running"
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page.decode()))
    status, page = daemon.request("POST", path, urllib.parse.urlencode(dict(hidden, outcome="approved", comment="好")),
                                  {"Content-Type": "application/x-www-form-urlencoded"})
    assert status in (200, 303), (status, page.decode()[-2000:])
    assert daemon.api("GET", "/api/v1/instances/" + instance["id"])[1]["status"] == "approved"
    wait_until(lambda: len(sink.messages) >= 2, "the outcome's mail")
    outcome = message_of(sink.messages[1])
    assert outcome["To"].addresses[0].addr_spec == "li.na@example.com"
    assert outcome["References"] == request["References"], "the two mails are no thread"
    ids = {message_of(entry)["Message-ID"] for entry in sink.messages}
    assert len(ids) == len(sink.messages), "two messages share an id"

    # A server with another certificate gets nothing, not even in plain text; the message waits.
    with open(os.path.join(folder, "connectors", "email.yaml"), "w", encoding="utf-8") as file:
        file.write(CONNECTOR.format(port=sink.port, ca=other))
    status, answer = daemon.api("POST", "/api/v1/admin/reload", {})
    assert status == 200, (status, answer)
    before = len(sink.messages)
    daemon.api("POST", "/api/v1/workflows/leave/instances", {"requester": "li.na", "form": {"days": 1}}, idempotency="two")

    def refused():
        rows = daemon.api("GET", "/api/v1/admin/outbox")[1]
        rows = rows.get("outbox") or rows.get("rows") or rows.get("items") or []
        return [row for row in rows if "tls" in json.dumps(row).lower() and row["status"] == "pending"]

    wait_until(refused, "the refusal of the wrong certificate in the outbox")
    assert len(sink.messages) == before, "a message went to a server with the wrong certificate"
    assert "secret-1" not in daemon.log(), "the password stands in the log"
    assert path.rsplit("/", 1)[1] not in daemon.log(), "a link's token stands in the log"
    daemon.stop()
    sink.stop()
    shutil.rmtree(folder)
    print("mail over STARTTLS: asked, decided by the link, told, and nothing in plain text")


main()
