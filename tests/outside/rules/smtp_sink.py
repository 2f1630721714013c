"""A mail server that takes every letter and keeps it."""

import email
import email.policy
import socketserver
import threading


class Sink(socketserver.ThreadingTCPServer):
    """Listens on a port of its own; `letters` are (recipients, message)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.letters = []
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    """One client, as RFC 5321 has it, no more than Odoo needs."""

    def handle(self):
        self.say("220 sink")
        recipients = []
        for line in self.rfile:
            command = line.strip().upper()
            if command.startswith(b"RCPT"):
                recipients.append(line.split(b"<")[1].split(b">")[0].decode())
            elif command == b"DATA":
                self.say("354 go on")
                message = email.message_from_bytes(self.read(), policy=email.policy.default)
                self.server.letters.append((recipients, message))
                recipients = []
            elif command == b"RSET":
                recipients = []
            self.say("221 bye" if command == b"QUIT" else "250 ok")
            if command == b"QUIT":
                return

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def read(self):
        """The letter, to the line that is a dot."""
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") for line in lines)
