"""Every error that mtqe raises on purpose.

``ConfigError`` and ``InputError`` are the user's to mend and say how; anything else is our
bug and keeps its traceback.

* ``MtqeError``
    * ``ConfigError``: a run file or an option is wrong
    * ``InputError``: a file or a record can't be read or written
    * ``ContractError``: a component broke a promise (a plug-in's bug)
    * ``ModelError``: a model's files are missing, damaged or of another kind
"""

from __future__ import annotations


class MtqeError(Exception):
    """The parent of every error that mtqe raises on purpose."""


class ConfigError(MtqeError):
    """A run file or an option is wrong; the message lists every problem with its place."""


class InputError(MtqeError):
    """A file or a record can't be read or written; the message names file, line and way out."""


class ContractError(MtqeError):
    """A component returned what its protocol forbids, such as a span outside the text."""


class ModelError(MtqeError):
    """A model's files are missing, damaged or not of the kind that was asked for."""
