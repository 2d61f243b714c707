"""What the engine says when it refuses: a code, its parameters, and a sentence in English that is also translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Refusal(ValueError):
	"""A refusal with `code`, a key of the class's `messages`, and the `params` of its text."""

	messages: ClassVar[Mapping[str, str]] = {}

	def __init__(self, code: str, **params: object) -> None:
		self.code = code
		self.params = params
		super().__init__(self.messages[code].format(**params))
