"""An HTTP server on loopback that keeps what it was sent and answers what it was told."""

import http.server
import queue
import threading

from gatewright import PATIENCE


class Received:
    def __init__(self, handler, body):
        self.method, self.path = handler.command, handler.path
        self.headers, self.body = dict(handler.headers), body


class Receiver(http.server.ThreadingHTTPServer):
    """`answer(received)` returns (status, body, headers)."""

    def __init__(self, answer=lambda received: (200, b"", {}), port=0):
        self.answer, self.requests = answer, queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                received = Received(self, body)
                self.server.requests.put(received)
                status, text, headers = self.server.answer(received)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if text:
                    self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = take

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def take(self):
        return self.requests.get(timeout=PATIENCE)
