"""Questions to a chat completion address, as OpenAI's and most others' servers understand them."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mtqe.errors import ConfigError
from mtqe.models.judge_prompts import Message

# Answers after which the same question may be answered later.
_LATER = frozenset([408, 409, 425, 429, 500, 502, 503, 504, 529])

# Answers that every other question would get too.
_HOPELESS = {
    401: "refuses the key",
    403: "refuses the key",
    404: "knows no such address or model",
    405: "takes no questions at this address",
}

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_LONGEST_ANSWER = 1 << 22


@dataclass(frozen=True)
class Answer:
    """What came back: its text, and how many tokens were read and written for it."""

    text: str
    read: int = 0
    written: int = 0


class NoAnswerError(Exception):
    """A question was not answered, and why; others may be."""


@dataclass(frozen=True)
class Address:
    """Where a judge is asked, and how patiently. ``key_variable`` names the variable with the key."""

    url: str
    key_variable: str
    timeout: float
    retries: int

    def check(self) -> None:
        """A ``ConfigError`` for an address that is none, or that holds a secret."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"judge: url {self.url!r} is no web address, such as http://localhost:8000/v1")
        if parts.username or parts.password:
            raise ConfigError(
                "judge: url has a password in it, which reports would show; name its variable in key_variable"
            )

    def ask(
        self,
        model: str,
        messages: Sequence[Message],
        parameters: Mapping[str, Any],
        about_to_ask: Callable[[], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> Answer:
        """The answer to the last of ``messages``; asked again later where the server is busy.

        ``about_to_ask`` is called before every request. Raises ``NoAnswerError`` where the question is not
        answered after all, ``ConfigError`` where no other would be.
        """
        body = {"model": model, "messages": list(messages), "temperature": 0.0, **parameters}
        # What is set to null is left out: some servers take no temperature.
        sent = json.dumps({key: value for key, value in body.items() if value is not None}).encode()
        for attempt in range(self.retries + 1):
            about_to_ask()
            try:
                return _read(self._send(sent))
            except _LaterError as error:
                if attempt == self.retries:
                    raise NoAnswerError(f"{error} ({attempt + 1} tries)") from error
                sleep(min(error.wait or _FIRST_WAIT * 2**attempt, _LONGEST_WAIT))
        raise NoAnswerError("never asked")

    def _send(self, body: bytes) -> bytes:
        request = urllib.request.Request(  # noqa: S310 -- only web addresses pass the check
            f"{self.url.rstrip('/')}/chat/completions", body, self._headers(), method="POST"
        )
        try:
            with _OPENER.open(request, timeout=self.timeout) as answer:
                return bytes(answer.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise _LaterError(f"can't be reached: {reason or type(error).__name__}") from error

    def _headers(self) -> dict[str, str]:
        key = os.environ.get(self.key_variable, "").strip()
        return {"Content-Type": "application/json", "User-Agent": "mtqe"} | (
            {"Authorization": f"Bearer {key}"} if key else {}
        )

    def _refusal(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            said = _message(error.read(_LONGEST_ANSWER))
        if error.code in _LATER:
            return _LaterError(f"HTTP {error.code}{said}", _wait(error.headers.get("Retry-After")))
        if error.code in _HOPELESS or error.code in range(300, 400):
            what = _HOPELESS.get(error.code, f"points elsewhere: {error.headers.get('Location')}")
            hint = f"; set {self.key_variable}" if error.code in (401, 403) else ""
            return ConfigError(f"judge: {self.url} {what} (HTTP {error.code}{said}){hint}")
        return NoAnswerError(f"HTTP {error.code}{said}")


class _LaterError(Exception):
    """Not answered now; ``wait`` is how many seconds the server asks for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _StayHere(urllib.request.HTTPRedirectHandler):
    """The key is for the address that the user named, and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_StayHere)


def _read(data: bytes) -> Answer:
    try:
        answer = json.loads(data)
        text = answer["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise NoAnswerError("the answer is not that of a chat completion") from error
    usage = answer.get("usage") or {}
    return Answer(str(text or ""), _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))


def _count(usage: Mapping[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0


def _message(data: bytes) -> str:
    """What a server says of an error, on one line."""
    try:
        found = json.loads(data)["error"]
        text = found if isinstance(found, str) else found["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {' '.join(str(text).split())[:200]}"


def _wait(header: str | None) -> float | None:
    """The seconds of a Retry-After header; None for a date, which few servers send."""
    try:
        return max(float(header), 0.0) if header else None
    except ValueError:
        return None
