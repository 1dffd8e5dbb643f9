"""Refusals: what was understood and is declined, with the next step. Nothing is taken."""

from __future__ import annotations


class Refusal(Exception):
    """Raised by a handler; `dispatch` rolls back and answers with it.

    `code` is for logs and statistics. `field` names the form field to mend, where a form brought the request.
    """

    def __init__(self, code: str, sentence: str, next_step: str, *, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.field = field
