"""A TCP proxy that cuts a connection at a chosen statement: before the server gets it, or after it was carried out and before its
answer goes out."""
import contextlib
import re
import socket
import threading

# COMMIT and RENAME TABLE as the client sends them: a COM_QUERY packet of MySQL, a simple Query message of PostgreSQL.
PUBLISHING = re.compile(rb"\x07\x00\x00\x00\x03COMMIT|\x00\x03RENAME TABLE |Q\x00\x00\x00\x0bCOMMIT\x00")


class Cut:
    """`at` counts publishing statements from 1 over all connections; 0 cuts nothing. `close_after`: nobody gets in afterwards."""

    def __init__(self, port, at=0, before=False, close_after=False):
        self.target, self.at, self.before, self.close_after = ("127.0.0.1", int(port)), at, before, close_after
        self.seen, self.cut, self.lock = 0, False, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close(self.listener, *self.sockets)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.cut and self.close_after:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                self.sockets += [client, server]
                doomed = threading.Event()
                threading.Thread(target=self.forward, args=(client, server, doomed), daemon=True).start()
                threading.Thread(target=self.answer, args=(server, client, doomed), daemon=True).start()

    def forward(self, client, server, doomed):
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                if self.due(data):
                    if self.before:
                        break
                    doomed.set()
                server.sendall(data)
        self.close(client, server)

    def due(self, data):
        with self.lock:
            if not PUBLISHING.search(data):
                return False
            self.seen += 1
            if self.seen != self.at:
                return False
            self.cut = True
            return True

    def answer(self, server, client, doomed):
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                if doomed.is_set():
                    break
                client.sendall(data)
        self.close(client, server)

    @staticmethod
    def close(*sockets):
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
