"""A running Desk: a site of its own, web server, worker and gateway as processes, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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


@dataclass(frozen=True)
class Desk:
	url: str
	bench: Bench

	def call(self, function: str, *arguments: str) -> str:
		"""Call a function of a `stage….py` beside this file on the site; the last line it prints."""
		code = (
			"import sys, frappe\n"
			"site, folder, function, *arguments = sys.argv[1:]\n"
			"sys.path.insert(0, folder)\n"
			"frappe.init(site=site, sites_path='.'); frappe.connect(); frappe.set_user('Administrator')\n"
			"import stage, stage_advances, stage_findings, stage_instalments, stage_plans\n"
			"places = (stage, stage_findings, stage_advances, stage_instalments, stage_plans)\n"
			"found = next(vars(place)[function] for place in places if function in vars(place))\n"
			"print(found(*arguments)); frappe.db.commit()\n"
		)
		command = [str(self.bench.python), "-c", code, SITE, str(Path(__file__).parent), function, *arguments]
		done = subprocess.run(command, cwd=self.bench.sites, capture_output=True, text=True)
		assert done.returncode == 0, done.stderr[-3000:]
		return done.stdout.splitlines()[-1]


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
	try:
		assert wait_for("127.0.0.1", web, 60) and wait_for("127.0.0.1", gateway, 30)
		running = Desk(f"http://{SITE}:{web}", bench)
		bench.set_config(SITE, host_name=running.url)
		running.call("prepare", f"http://127.0.0.1:{gateway}/e-invoicing/developer-portal")
		yield running
	finally:
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
		yield Desk(f"http://127.0.0.1:{web}", desk.bench)
	finally:
		for process in processes:
			os.killpg(process.pid, signal.SIGKILL)


LogIn = Callable[..., Page]


@pytest.fixture
def log_in(desk: Desk, chromium: Browser) -> Iterator[LogIn]:
	"""`log_in(user, width, height, url)`: a page of a new session of that user, at the workspace."""
	contexts = []

	def open_desk(user: str, width: int = 1400, height: int = 1000, url: str = desk.url) -> Page:
		context = chromium.new_context(viewport={"width": width, "height": height})
		contexts.append(context)
		page = context.new_page()
		page.set_default_timeout(PATIENCE)
		page.goto(f"{url}/login")
		page.fill("#login_email", user)
		page.fill("#login_password", PASSWORD)
		page.click(".btn-login")
		page.wait_for_url("**/app/**")
		return page

	yield open_desk
	for context in contexts:
		context.close()


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
	"""Keep a picture of the page as a test artefact."""
	folder = Path(os.environ.get("SCB_ARTEFACTS") or PROJECT / "test-artefacts") / "screenshots"
	folder.mkdir(parents=True, exist_ok=True)

	def keep(page: Page, name: str) -> None:
		time.sleep(0.6)
		page.screenshot(path=str(folder / f"{name}.png"))

	return keep
