"""A language model as a judge of translations: asked in parallel, within a budget, and never twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from mtqe.errors import ConfigError
from mtqe.models.judge_answers import Verdict, read_errors, read_score
from mtqe.models.judge_http import Address, Answer, NoAnswerError
from mtqe.models.judge_prompts import ENGINE, Message, Pair, Way, ask_again, ask_for_errors, ask_for_score
from mtqe.models.score_cache import Identity, ScoreCache

# Verdicts that are kept in memory: those of some hundred articles, for whoever asks the same next.
_REMEMBERED = 20_000

# After so many questions in a row without an answer, the server is gone.
_LOST = 5


@dataclass(frozen=True)
class JudgeOptions:
    """How a judge is asked; the options of whatever uses one.

    ``model`` is its name at the server, ``url`` the server's address ("http://localhost:8000/v1"): articles
    are sent there. The key, if there must be one, is in the environment variable ``key_variable``. ``prompt``
    asks for errors ("mqm") or for errors and a score ("esa"). ``parameters`` are added to every request.
    ``max_requests``, ``max_tokens`` and ``max_cost`` end the asking, for each process of a run; the cost is
    in the currency of ``read_price`` and ``write_price``, for a million tokens. ``cache`` names a file
    that keeps answers between runs.
    """

    model: str
    url: str
    prompt: Way = "mqm"
    key_variable: str = "OPENAI_API_KEY"
    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 4
    max_requests: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    read_price: float = 0.0
    write_price: float = 0.0
    parameters: dict[str, Any] = field(default_factory=dict)
    cache: Path | None = None


@dataclass
class Spent:
    """What asking has cost so far."""

    requests: int = 0
    read: int = 0
    written: int = 0
    unanswered: int = 0  # questions in a row

    def cost(self, options: JudgeOptions) -> float:
        """In the currency of the prices."""
        return (self.read * options.read_price + self.written * options.write_price) / 1_000_000


@dataclass
class Judge:
    """A judge with its budget and what it has said; ``load_judge`` makes one."""

    options: JudgeOptions
    spent: Spent = field(default_factory=Spent)
    _known: dict[bytes, Verdict] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        _check(self.options)
        self._address.check()

    def judge(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """A verdict for each pair, in order; equal ones are asked for once, in this run and the next.

        A pair that could not be judged has a ``failure``, and is asked for again in the next run. Raises
        ``ConfigError`` where the server would answer nothing.
        """
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        keys = [self._identity.key((p.source, p.target, p.source_lang, p.target_lang)) for p in pairs]
        new = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in self._known}
        self._known.update(self._remembered(list(new)))
        missing = {key: pair for key, pair in new.items() if key not in self._known}
        asked = dict(zip(missing, self._ask_all(list(missing.values())), strict=True))
        self._keep(asked)
        return [self._known[key] for key in keys]

    def _ask_all(self, pairs: Sequence[Pair]) -> list[Verdict]:
        with ThreadPoolExecutor(self.options.concurrency) as pool:
            try:
                return list(pool.map(self._ask, pairs))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, pair: Pair) -> Verdict:
        try:
            verdict = self._asked(pair)
        except NoAnswerError as error:
            with self._lock:
                self.spent.unanswered += not isinstance(error, _BudgetError)
            return Verdict(failure=f"not judged: {error}")
        with self._lock:
            self.spent.unanswered = 0
        return verdict

    def _asked(self, pair: Pair) -> Verdict:
        messages = ask_for_errors(pair)
        errors, answer = self._understood(messages, read_errors)
        if self.options.prompt == "mqm":
            return Verdict(errors)
        score, _ = self._understood(ask_for_score(messages, answer), read_score)
        return Verdict(errors, score)

    def _understood(self, messages: list[Message], read: Any) -> tuple[Any, str]:
        """What an answer says, and its words; asked once more where it says nothing that can be read."""
        answer = self._send(messages).text
        found = read(answer)
        if found is None:
            answer = self._send(ask_again(messages, answer)).text
            found = read(answer)
        if found is None:
            raise NoAnswerError("the answer is not what was asked for")
        return found, answer

    def _send(self, messages: Sequence[Message]) -> Answer:
        options = self.options
        answer = self._address.ask(options.model, messages, options.parameters, self._spend_request)
        with self._lock:
            self.spent.read += answer.read
            self.spent.written += answer.written
        return answer

    def _spend_request(self) -> None:
        with self._lock:
            why = self._why_stop()
            if why:
                raise _BudgetError(why)
            self.spent.requests += 1

    def _why_stop(self) -> str | None:
        options, spent = self.options, self.spent
        if options.max_requests is not None and spent.requests >= options.max_requests:
            return f"the budget of {options.max_requests} requests is spent"
        if options.max_tokens is not None and spent.read + spent.written >= options.max_tokens:
            return f"the budget of {options.max_tokens} tokens is spent"
        if options.max_cost is not None and spent.cost(options) >= options.max_cost:
            return f"the budget of {options.max_cost:g} is spent"
        return "the judge does not answer any more" if spent.unanswered >= _LOST else None

    @property
    def _address(self) -> Address:
        options = self.options
        return Address(options.url, options.key_variable, options.timeout, options.retries)

    @property
    def _identity(self) -> Identity:
        asked = {
            "prompt": self.options.prompt,
            "parameters": json.dumps(self.options.parameters, sort_keys=True),
        }
        return Identity(self.options.model, self.options.url, ENGINE, "", asked)

    def _remembered(self, keys: Sequence[bytes]) -> dict[bytes, Verdict]:
        if self.options.cache is None or not keys:
            return {}
        return {key: Verdict.of(found) for key, found in ScoreCache(self.options.cache).get(keys).items()}

    def _keep(self, asked: Mapping[bytes, Verdict]) -> None:
        """Remember verdicts; on disk those alone that are none of a failure."""
        self._known.update(asked)
        good = {key: verdict.as_record() for key, verdict in asked.items() if verdict.failure is None}
        if self.options.cache is not None and good:
            ScoreCache(self.options.cache).put(good)


class _BudgetError(NoAnswerError):
    """Nothing more is asked."""


def load_judge(options: JudgeOptions) -> Judge:
    """The judge of these options, one for each in a process: whoever asks the same shares its answers."""
    shared = {name: getattr(options, name) for name in JudgeOptions.__dataclass_fields__}
    return _judge(json.dumps(shared, sort_keys=True, default=str))


@cache
def _judge(options: str) -> Judge:
    given = json.loads(options)
    given["cache"] = Path(given["cache"]) if given["cache"] else None
    return Judge(JudgeOptions(**given))


def _check(options: JudgeOptions) -> None:
    """A ``ConfigError`` for options that can't be meant."""
    if options.concurrency < 1 or options.retries < 0 or options.timeout <= 0:
        raise ConfigError("judge: concurrency and timeout must be above 0, retries 0 or more")
    if options.max_cost is not None and not (options.read_price or options.write_price):
        raise ConfigError("judge: max_cost needs read_price and write_price, of a million tokens")
