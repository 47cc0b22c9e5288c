"""A mail server for tests, on aiosmtpd: real SMTP on loopback, with faults on request.

The first argument is a JSON object:
  mode       "plain", "starttls", "implicit", or "silent" (accepts connections and never says a word)
  cert, key  PEM files for the two TLS modes
  user, password   when given, a login is required
  greeting_fault   a line sent instead of the greeting
  data_reply       a line answered to the message instead of 250, or "drop" to close without one
  hang_on_quit     true: QUIT is never answered
  closes_idle      true: the connection is closed right after each message

Recipients steer their own replies: reject-*@ 550, later-*@ 451, everybody else 250.
Writes "PORT n", then a JSON line for each accepted message, to standard output; ends when standard input does.
"""

import asyncio
import base64
import json
import os
import ssl
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    print("MISSING aiosmtpd", flush=True)
    sys.exit(0)

settings = json.loads(sys.argv[1])
connections = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("reject-"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later-"):
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None or settings["mode"] == "implicit",
            "authenticated": bool(session.authenticated),
            "ehlo": session.host_name,
            "connection": server.connection_number,
        }
        fault = settings.get("data_reply")
        if fault == "drop":
            server.transport.abort()
            return "250 never seen"
        if fault:
            return fault
        print(json.dumps(message), flush=True)
        if settings.get("closes_idle"):
            asyncio.get_event_loop().call_soon(server.transport.close)
        return "250 2.0.0 taken"


class Sink(SMTP):
    def connection_made(self, transport):
        if not hasattr(self, "connection_number"):
            global connections
            connections += 1
            self.connection_number = connections
        super().connection_made(transport)

    async def smtp_QUIT(self, arg):
        if settings.get("hang_on_quit"):
            await asyncio.sleep(3600)
        await super().smtp_QUIT(arg)


class Silent(asyncio.Protocol):
    pass


class Unwilling(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write((settings["greeting_fault"] + "\r\n").encode())
        transport.close()


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (settings["user"].encode(), settings["password"].encode())
    return AuthResult(success=good, handled=False)


def make_protocol():
    if settings["mode"] == "silent":
        return Silent()
    if settings.get("greeting_fault"):
        return Unwilling()
    options = {"hostname": "sink.example.test"}
    if settings["mode"] == "starttls":
        options["tls_context"] = context
    if "user" in settings:
        options.update(authenticator=authenticate, auth_required=True,
                       auth_require_tls=settings["mode"] == "starttls")
    return Sink(Handler(), **options)


context = None
if "cert" in settings:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings["cert"], settings["key"])


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make_protocol, "127.0.0.1", 0,
                                      ssl=context if settings["mode"] == "implicit" else None)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
