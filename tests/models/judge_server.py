"""A judge's server on this machine, for tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mtqe.models.judge import JudgeOptions

ERROR = {"span": "have", "category": "Fluency/Grammar", "severity": "Minor", "reason": "number"}
GOOD = json.dumps({"errors": [ERROR]})

# What a server answers to a request: a status and a body; text becomes a chat completion.
Reply = tuple[int, Any]


def completion(text: str) -> dict[str, Any]:
    """An answer as OpenAI's interface gives it."""
    return {
        "choices": [{"message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20},
    }


@dataclass
class Server:
    """A judge's server: what it was asked, and what it answers next (the last answer again and again)."""

    url: str = ""
    replies: list[Any] = field(default_factory=lambda: [GOOD])
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def reply(self, body: dict[str, Any], key: str | None) -> Reply:
        """The next answer."""
        with self.lock:
            self.asked.append(body)
            self.keys.append(key)
            found = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(found):
            found = found(body)
        return found if isinstance(found, tuple) else (200, completion(found))

    def options(self, **more: Any) -> JudgeOptions:
        """Options that lead here."""
        return JudgeOptions(**{"model": "judge-1", "url": self.url, "retries": 2, "timeout": 5.0, **more})


class Handler(BaseHTTPRequestHandler):
    """Answers in the name of ``server.judge``."""

    def do_POST(self) -> None:
        judge: Server = self.server.judge  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with judge.lock:
            judge.at_once += 1
            judge.most_at_once = max(judge.most_at_once, judge.at_once)
        time.sleep(judge.delay)
        status, answer = judge.reply(body, self.headers["Authorization"])
        with judge.lock:
            judge.at_once -= 1
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in judge.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def serve() -> Iterator[Server]:
    """A server that runs as long as the block."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.judge = found = Server(f"http://127.0.0.1:{httpd.server_address[1]}/v1")  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def text_of(body: dict[str, Any]) -> str:
    """The translation that a request is about, as the model would read it."""
    question = next(turn for turn in reversed(body["messages"]) if turn["role"] == "user")
    return str(json.loads(question["content"])["translation"])
