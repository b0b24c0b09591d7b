"""Takes mail on this machine: over STARTTLS alone, from one user, into a file for each."""

import ssl
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

folder, port, user, password = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Taker:
    async def handle_DATA(self, server, session, envelope):
        count = len(list(folder.glob("*.mail")))
        taken = folder / f"{count}.unfinished"
        lines = [f"TLS: {session.ssl is not None}", f"USER: {session.auth_data}", f"TO: {','.join(envelope.rcpt_tos)}"]
        taken.write_text("\n".join(lines) + "\n" + envelope.content.decode("utf-8"))
        taken.rename(folder / f"{count}.mail")
        return "250 taken"


def sign_in(server, session, envelope, mechanism, data):
    right = data.login == user.encode() and data.password == password.encode()
    return AuthResult(success=right, handled=False, auth_data=user if right else None)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")


class Server(Controller):
    def factory(self):
        return SMTP(
            self.handler, hostname="localhost", tls_context=context, require_starttls=True, auth_required=True,
            authenticator=sign_in,
        )


server = Server(Taker(), hostname="127.0.0.1", port=port)
server.start()
print("takes mail", file=sys.stderr, flush=True)
while True:
    time.sleep(3600)
