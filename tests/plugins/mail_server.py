#!/usr/bin/python3
"""A real mail server (aiosmtpd) on a loopback address, for smtp_test.cpp.

    mail_server.py [--certificate CERT KEY] [--login USER PASSWORD]

Writes its port, then each mail it took as a line of JSON. Ends with its standard input. A recipient
whose address begins with gone@ is refused for good, one with later@ for now.
"""
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 nobody of this name"
        if address.startswith("later@"):
            return "451 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {"from": envelope.mail_from, "to": envelope.rcpt_tos,
                "raw": envelope.content.decode("latin-1"), "names": mail.keys(),
                "headers": {name: str(value) for name, value in mail.items()},
                "body": mail.get_content().replace("\r\n", "\n"), "defects": [str(one) for one in mail.defects],
                "is_logged_in": bool(session.authenticated)}
        print(json.dumps(told), flush=True)
        return "250 OK"


def options(words):
    found = {}
    while words:
        word, words = words[0], words[1:]
        if word == "--certificate":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(words[0], words[1])
            found["tls_context"] = context
        elif word == "--login":
            expected = (words[0].encode(), words[1].encode())
            found["authenticator"] = lambda server, session, envelope, mechanism, given: AuthResult(
                success=(given.login, given.password) == expected, handled=False)
            found["auth_require_tls"] = False
            found["auth_required"] = True
        else:
            sys.exit(f"unknown word {word}")
        words = words[2:]
    return found


async def main():
    loop = asyncio.get_running_loop()
    settings = options(sys.argv[1:])
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="mail.test", **settings),
                                      "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


logging.disable()  # what goes wrong here, the tests want to go wrong
warnings.simplefilter("ignore")

asyncio.run(main())
