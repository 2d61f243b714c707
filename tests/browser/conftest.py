"""A running Desk: a site of its own, web server, worker and gateway as processes, and a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "bin"))

from _workshop import APP, Bench, find_bench, start_in_background, wait_for  # noqa: E402

SITE = os.environ.get("SCB_BROWSER_SITE", "scb-browser.localhost")
PASSWORD = "Riyadh#2026"
PATIENCE = 30_000
"""Milliseconds; a busy machine draws a form slowly."""
SALES_EN, SALES_AR = "lina@demo.example", "noura@demo.example"
ACCOUNTANT, ACCOUNTANT_EN = "fahd@demo.example", "huda@demo.example"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


class Stage:
	"""A process on the site that makes what a test finds there, and reads what it left."""

	def __init__(self, bench: Bench) -> None:
		script = Path(__file__).with_name("stage_server.py")
		self.process = subprocess.Popen(
			[str(bench.python), str(script), SITE],
			cwd=bench.sites,
			text=True,
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
		)

	def call(self, function: str, *arguments: str) -> str:
		assert self.process.stdin and self.process.stdout
		print(json.dumps([function, *arguments]), file=self.process.stdin, flush=True)
		answer = json.loads(self.process.stdout.readline())
		assert "value" in answer, answer["error"][-3000:]
		return str(answer["value"])

	def close(self) -> None:
		assert self.process.stdin
		self.process.stdin.close()
		self.process.wait(30)


@dataclass(frozen=True)
class Desk:
	url: str
	bench: Bench
	stage: Stage

	def call(self, function: str, *arguments: str) -> str:
		"""What a function of a `stage….py` beside this file says on the site."""
		return self.stage.call(function, *arguments)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
	bench = find_bench()
	if bench is None or not os.environ.get("SCB_CHROMIUM"):
		pytest.skip("no bench or no Chromium: see bin/test")
	bench.new_site(SITE)
	bench.frappe("install-app", APP, site=SITE)
	web, gateway = free_port(), free_port()
	frappe = [str(bench.python), "-m", "frappe.utils.bench_helper", "frappe"]
	processes = [
		start_in_background(
			[sys.executable, "-m", "saudi_crm_billing.cli", "sandbox", "--port", str(gateway)]
		),
		start_in_background(
			[*frappe, "--site", SITE, "serve", "--port", str(web), "--noreload"], cwd=bench.sites
		),
		start_in_background([*frappe, "worker", "--queue", "short,default,long"], cwd=bench.sites),
	]
	stage = Stage(bench)
	try:
		running = Desk(f"http://{SITE}:{web}", bench, stage)
		bench.set_config(SITE, host_name=running.url)
		assert wait_for("127.0.0.1", gateway, 30)
		running.call("prepare", f"http://127.0.0.1:{gateway}/e-invoicing/developer-portal")
		assert wait_for("127.0.0.1", web, 60)
		yield running
	finally:
		stage.close()
		for process in processes:
			os.killpg(process.pid, signal.SIGKILL)
		bench.drop_site(SITE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
	expect.set_options(timeout=PATIENCE)
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=os.environ["SCB_CHROMIUM"], args=list(CHROMIUM))
		yield browser
		browser.close()


@pytest.fixture
def told_desk(desk: Desk) -> Iterator[Desk]:
	"""The same site through a web server whose pages listen to Frappe's socket server, as on a bench in full."""
	frappe_app = desk.bench.path / "apps" / "frappe"
	if not shutil.which("node") or not (frappe_app / "node_modules").is_dir():
		pytest.skip("no node, or frappe's node modules are not installed: realtime cannot run")
	web, socket_port = free_port(), free_port()
	desk.bench.set_config(SITE, socketio_port=socket_port)
	frappe = [str(desk.bench.python), "-m", "frappe.utils.bench_helper", "frappe"]
	serve = [*frappe, "--site", SITE, "serve", "--port", str(web), "--noreload"]
	told = {
		**os.environ,
		"FRAPPE_BENCH_ROOT": str(desk.bench.path),
		"FRAPPE_SITE": SITE,
		"FRAPPE_SOCKETIO_PORT": str(socket_port),
	}
	processes = [
		start_in_background(["node", str(frappe_app / "socketio.js")], cwd=desk.bench.path, env=told),
		# The pages of a development server look for the socket server on its own port.
		start_in_background(serve, cwd=desk.bench.sites, env={**os.environ, "DEV_SERVER": "1"}),
	]
	try:
		assert wait_for("127.0.0.1", web, 60) and wait_for("127.0.0.1", socket_port, 30)
		yield replace(desk, url=f"http://127.0.0.1:{web}")
	finally:
		for process in processes:
			os.killpg(process.pid, signal.SIGKILL)


LogIn = Callable[..., Page]
Contexts = dict[tuple[str, str], BrowserContext]


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Iterator[Contexts]:
	"""A session for each user at each server, with what the browser keeps of the Desk's scripts."""
	opened: Contexts = {}
	yield opened
	for context in opened.values():
		context.close()


@pytest.fixture
def log_in(desk: Desk, chromium: Browser, contexts: Contexts) -> Iterator[LogIn]:
	"""`log_in(user, width, height, url)`: a new page of that user's session, which the first page begins."""
	pages = []

	def open_page(user: str, width: int = 1400, height: int = 1000, url: str = desk.url) -> Page:
		is_new = (user, url) not in contexts
		if is_new:
			contexts[user, url] = chromium.new_context()
		page = contexts[user, url].new_page()
		pages.append(page)
		page.set_default_timeout(PATIENCE)
		page.set_viewport_size({"width": width, "height": height})
		if is_new:
			page.goto(f"{url}/login")
			page.fill("#login_email", user)
			page.fill("#login_password", PASSWORD)
			page.click(".btn-login")
			page.wait_for_url("**/app/**")
		return page

	yield open_page
	for page in pages:
		page.close()


@pytest.fixture
def guest(chromium: Browser) -> Iterator[Page]:
	"""A phone in a customer's hand, who is logged in nowhere."""
	context = chromium.new_context(viewport={"width": 390, "height": 844})
	page = context.new_page()
	page.set_default_timeout(PATIENCE)
	yield page
	context.close()


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
	"""Keep a picture of the page as a test artefact."""
	folder = Path(os.environ.get("SCB_ARTEFACTS") or PROJECT / "test-artefacts") / "screenshots"
	folder.mkdir(parents=True, exist_ok=True)

	def keep(page: Page, name: str) -> None:
		page.screenshot(path=str(folder / f"{name}.png"), animations="disabled")

	return keep
