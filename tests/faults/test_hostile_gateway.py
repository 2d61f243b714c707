"""Hostile answers of a gateway: given up in bounded memory and time, whichever call they answer.

Real HTTP to a process of its own, so that its memory can be measured.
"""

from __future__ import annotations

import gzip
import json
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MEGABYTES = 1 << 20
# The client with its libraries takes about 45, the longest answer that is kept at all 32, and that as text again.
MEMORY = 160
PATIENCE = 120
"""Seconds, on a machine that others use too; alone each takes one."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CALL = """
import json, resource, sys
from saudi_crm_billing.e_invoicing.engine.answers import Call, classify
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, make_payload
gateway = Gateway(sys.argv[1])
payload = make_payload("aGFzaA==", "8e6000cf-1a98-4174-b3e7-b5d5954bc10d", b"<Invoice/>")
if sys.argv[2] == "clear":
	reply, call = gateway.clear("token", "secret", payload), Call.CLEAR
else:
	reply, call = gateway.compliance_csid("csr", "123345"), Call.COMPLIANCE_CSID
answer = classify(call, reply.http_status, reply.body, payload["uuid"])
said = [reply.http_status, len(reply.body), reply.failure, answer.outcome.value]
print(json.dumps([*said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""


@pytest.fixture
def hostile() -> Iterator[Callable[[Iterator[bytes]], str]]:
	"""A server that sends these pieces to its first caller; its address."""
	listener = socket.create_server(("127.0.0.1", 0))

	def start(pieces: Iterator[bytes]) -> str:
		def serve() -> None:
			connection, _ = listener.accept()
			with connection:
				read_request(connection)
				try:
					for piece in pieces:
						connection.sendall(piece)
				except OSError:
					return  # it hung up, as it should

		threading.Thread(target=serve, daemon=True).start()
		return f"http://127.0.0.1:{listener.getsockname()[1]}"

	yield start
	listener.close()


def read_request(connection: socket.socket) -> None:
	"""All of it: closing on unread bytes resets the connection, and the answer that is still on its way is lost."""
	with connection.makefile("rb") as request:
		lines = iter(request.readline, b"\r\n")
		headers = dict(line.lower().split(b": ", 1) for line in lines if b": " in line)
		request.read(int(headers[b"content-length"]))


def hundred_megabytes() -> Iterator[bytes]:
	yield HEAD + b"Content-Length: %d\r\n\r\n" % (100 * MEGABYTES)
	for _ in range(100):
		yield b"x" * MEGABYTES


def endless() -> Iterator[bytes]:
	yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
	while True:
		yield b"100000\r\n" + b"x" * MEGABYTES + b"\r\n"


def zipped() -> Iterator[bytes]:
	"""A gigabyte in a megabyte."""
	bomb = gzip.compress(bytes(1024 * MEGABYTES), compresslevel=1)
	yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb


def deep() -> Iterator[bytes]:
	body = b"[" * (10 * MEGABYTES)
	yield HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def headers() -> Iterator[bytes]:
	yield HEAD
	while True:
		yield b"X-More: " + b"x" * 60_000 + b"\r\n"


@pytest.mark.parametrize("call", ["clear", "onboard"])
@pytest.mark.parametrize(
	("pieces", "said"),
	[
		(hundred_megabytes, [200, 0, "too-large"]),
		(endless, [200, 0, "too-large"]),
		(zipped, [200, 0, "too-large"]),
		(deep, [200, 10 * MEGABYTES, ""]),
		(headers, [None, 0, "connection"]),
	],
	ids=("100-megabytes", "endless", "zipped", "deep", "headers"),
)
def test_a_hostile_answer_is_given_up_in_little_memory(
	pieces: Callable[[], Iterator[bytes]],
	said: list[object],
	call: str,
	hostile: Callable[[Iterator[bytes]], str],
) -> None:
	def limit() -> None:
		resource.setrlimit(resource.RLIMIT_AS, (2048 * MEGABYTES, 2048 * MEGABYTES))

	done = subprocess.run(
		[sys.executable, "-c", CALL, hostile(pieces()), call],
		capture_output=True,
		text=True,
		cwd=PROJECT,
		check=False,
		preexec_fn=limit,
		timeout=PATIENCE,
	)
	assert done.returncode == 0, done.stderr
	*told, outcome, megabytes = json.loads(done.stdout)
	assert told == said
	assert outcome == "try-later"
	assert megabytes <= MEMORY, megabytes
