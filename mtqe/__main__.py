"""``python -m mtqe`` is ``mtqe``."""

from mtqe.cli import main

main()
