"""A web server on this computer, for tests of downloads: no test needs another."""

import contextlib
import http.server
import socketserver
import threading


class Server:
    """Answers each path as it is set to.

    Attributes
    ----------
    url : str
    answers : dict of str to bytes or callable
        By path: the body, or what is called with the handler of the request.
    requests : list of str
        The paths asked for, in order.
    """

    def __init__(self, url):
        self.url, self.answers, self.requests = url, {}, []

    def answer(self, handler):
        self.requests.append(handler.path)
        answer = self.answers.get(handler.path)
        if answer is None:
            handler.send_error(404)
        elif callable(answer):
            answer(handler)
        else:
            send(handler, answer)


def send(handler, body, length=None):
    """Send a body, and say it is `length` bytes long."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def serving():
    """Run a server while the block runs."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            # A client that has had enough goes away.
            with contextlib.suppress(ConnectionError):
                server.answer(self)

        def log_message(self, *_):
            pass

    class TCPServer(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass  # the client has gone before the answer was flushed

    with TCPServer(("127.0.0.1", 0), Handler) as tcp:
        server = Server(f"http://127.0.0.1:{tcp.server_address[1]}/")
        thread = threading.Thread(target=tcp.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            tcp.shutdown()
            thread.join()
