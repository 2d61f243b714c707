"""A time limit for a whole call, whatever drips from the other end: its connection is shut from outside.

requests bounds the time to connect and the time between two pieces, so a byte now and then, in the headers or in the
body, would keep a call for hours and outlast the lease of the document that it carries. No frappe here.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Timer
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

# Where the calls of this thread note the sockets that they open.
_noted_in: ContextVar[WeakSet[socket.socket]] = ContextVar("noted_in")


class HangUpAdapter(HTTPAdapter):
	"""Knows the sockets that its connections opened, also of calls before."""

	def __init__(self) -> None:
		self._sockets: WeakSet[socket.socket] = WeakSet()
		super().__init__()

	@contextmanager
	def at_most(self, seconds: float) -> Iterator[None]:
		"""Within it, all sockets are shut once the time is over: whoever reads from one gets its end, or an error."""
		noted = _noted_in.set(self._sockets)
		timer = Timer(seconds, self.hang_up)
		timer.daemon = True
		timer.start()
		try:
			yield
		finally:
			timer.cancel()
			_noted_in.reset(noted)

	def hang_up(self) -> None:
		for each in list(self._sockets):
			with suppress(OSError):  # it was closed meanwhile
				# Not TLS's own farewell: that would wait for the other end.
				socket.socket.shutdown(each, socket.SHUT_RDWR)

	def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
		super().init_poolmanager(*arguments, **named)  # type: ignore[no-untyped-call]
		self.poolmanager.pool_classes_by_scheme = _POOLS

	def proxy_manager_for(self, proxy: Any, **named: Any) -> Any:
		manager = super().proxy_manager_for(proxy, **named)  # type: ignore[no-untyped-call]
		manager.pool_classes_by_scheme = _POOLS
		return manager


def _noting(pool: Any) -> Any:
	class Connection(pool.ConnectionCls):  # type: ignore[misc]
		def __setattr__(self, name: str, value: Any) -> None:
			super().__setattr__(name, value)
			# Connecting changes it: first the one that awaits a proxy's answer, then TLS over it.
			if name == "sock" and isinstance(value, socket.socket):
				_noted_in.get().add(value)

	class Pool(pool):  # type: ignore[misc]
		ConnectionCls = Connection

	return Pool


_POOLS: dict[str, Any] = {
	scheme: _noting(pool) for scheme, pool in PoolManager().pool_classes_by_scheme.items()
}
