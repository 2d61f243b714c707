"""What `bin/test` and `bin/demo` share: a virtual environment, a bench, its services and its sites.

Standard library only, because nothing is installed yet when this runs.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

PROJECT = Path(__file__).resolve().parent.parent
APP = "saudi_crm_billing"
ADMIN_PASSWORD = "admin"


class WorkshopError(Exception):
	"""Something on this machine stands in the way; the text says what and how to mend it."""


def say(text: str) -> None:
	print(text, flush=True)


def run(command: Sequence[str | Path], **options: object) -> subprocess.CompletedProcess[str]:
	"""Run quietly; on failure raise with the last lines of what the command printed."""
	result = subprocess.run(
		[str(part) for part in command],
		text=True,
		stdin=subprocess.DEVNULL,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		**options,  # type: ignore[call-overload]
	)
	if result.returncode:
		tail = "\n".join(result.stdout.splitlines()[-25:])
		raise WorkshopError(
			f"`{' '.join(str(part) for part in command)}` failed ({result.returncode}):\n{tail}"
		)
	return result


def environment(
	name: str, extras: str, python: Path | None = None, site_packages: Path | None = None
) -> Path:
	"""The Python of `.venv/<name>` with this project and `extras` installed; made anew when they change.

	With `site_packages` that folder's packages are visible too, so that tests see the bench's own.
	"""
	folder = PROJECT / ".venv" / name
	executable = folder / "bin" / "python"
	wanted = hashlib.sha256((PROJECT / "pyproject.toml").read_bytes() + extras.encode()).hexdigest()
	stamp = folder / "installed"
	if executable.exists() and stamp.exists() and stamp.read_text() == wanted:
		return executable
	say(f"· making the virtual environment .venv/{name}")
	make_environment(folder, python)
	if site_packages:
		# Through addsitedir, because the bench's apps are themselves there by .pth files.
		line = f"import site; site.addsitedir({str(site_packages)!r})\n"
		next(folder.glob("lib/python3*/site-packages")).joinpath("bench.pth").write_text(line)
	run([executable, "-m", "pip", "install", "--quiet", "-e", f"{PROJECT}[{extras}]"])
	stamp.write_text(wanted)
	return executable


def make_environment(folder: Path, python: Path | None) -> None:
	shutil.rmtree(folder, ignore_errors=True)
	try:
		if python:
			run([python, "-m", "venv", folder])
		else:
			venv.create(folder, with_pip=True, symlinks=True)
	except (WorkshopError, subprocess.CalledProcessError, OSError) as error:
		raise WorkshopError(
			f"The virtual environment {folder} could not be made. On Debian and Ubuntu install the package"
			f" `python3-venv`; else see whether the folder can be written.\n{error}"
		) from error


@dataclass(frozen=True)
class Bench:
	"""A bench with ERPNext, found in FRAPPE_BENCH or in ~/frappe-bench."""

	path: Path

	@property
	def python(self) -> Path:
		return self.path / "env" / "bin" / "python"

	@property
	def sites(self) -> Path:
		return self.path / "sites"

	@property
	def site_packages(self) -> Path:
		return next(self.path.glob("env/lib/python3*/site-packages"))

	@property
	def config(self) -> dict[str, object]:
		return json.loads((self.sites / "common_site_config.json").read_text())

	def frappe(self, *arguments: str, site: str | None = None) -> subprocess.CompletedProcess[str]:
		where = ["--site", site] if site else []
		command = [self.python, "-m", "frappe.utils.bench_helper", "frappe", *where, *arguments]
		return run(command, cwd=self.sites)

	def call(self, site: str, module: str, function: str, *arguments: str) -> str:
		"""Call a function of this project on a site, also where the app is not installed; returns its output."""
		code = (
			"import sys, importlib, frappe\n"
			"site, module, function, *arguments = sys.argv[1:]\n"
			"frappe.init(site=site, sites_path='.'); frappe.connect(); frappe.set_user('Administrator')\n"
			"getattr(importlib.import_module(module), function)(*arguments)\n"
		)
		return run([self.python, "-c", code, site, module, function, *arguments], cwd=self.sites).stdout

	# Services

	def start_services(self) -> None:
		"""Start MariaDB and the Redis servers that the bench's configuration names, where they are down."""
		host = str(self.config.get("db_host") or "127.0.0.1")
		self._start_database(host, int(str(self.config.get("db_port") or 3306)))
		for key in ("redis_cache", "redis_queue"):
			self._start_redis(str(self.config.get(key) or ""))

	def _start_database(self, host: str, port: int) -> None:
		if answers(host, port):
			return
		if shutil.which("service"):
			subprocess.run(["service", "mariadb", "start"], capture_output=True)
		if not wait_for(host, port, 15) and shutil.which("mariadbd-safe"):
			start_in_background(["mariadbd-safe"])
		if not wait_for(host, port, 60):
			raise WorkshopError(f"MariaDB does not answer on {host}:{port} and could not be started.")

	def _start_redis(self, url: str) -> None:
		place = urlparse(url)
		if not place.hostname or not place.port or answers(place.hostname, place.port):
			return
		command = [
			"redis-server",
			"--port",
			str(place.port),
			"--daemonize",
			"yes",
			"--save",
			"",
			"--bind",
			"127.0.0.1",
		]
		subprocess.run(command, capture_output=True)
		if not wait_for(place.hostname, place.port, 20):
			raise WorkshopError(f"Redis does not answer at {url} and could not be started.")

	# The app on the bench

	@property
	def app_link(self) -> Path:
		return self.path / "apps" / APP

	@property
	def app_path_file(self) -> Path:
		return self.site_packages / f"{APP}_bench.pth"

	@property
	def own_folder(self) -> Path:
		"""What these commands keep on the bench: the dump of a site, the demo's state."""
		return self.path / f".{APP}"

	def second_name(self, name: str) -> Path:
		"""Another path of this same bench: Frappe names its queues after the path in FRAPPE_BENCH_ROOT."""
		self.own_folder.mkdir(exist_ok=True)
		point(link := self.own_folder / name, str(self.path))
		return link

	@property
	def asset_link(self) -> Path:
		return self.sites / "assets" / APP

	def link_app(self) -> None:
		"""Make the bench use this checkout, unless the bench has an own copy of the app."""
		link = self.app_link
		if link.exists() and not link.is_symlink():
			raise WorkshopError(
				f"{link} is a copy of its own: remove it, or set FRAPPE_BENCH to another bench."
			)
		link.unlink(missing_ok=True)
		link.symlink_to(PROJECT)
		self.app_path_file.write_text(f"{PROJECT}\n")
		self._install_requirements()
		self._list_app()
		self._link_assets()

	def _install_requirements(self) -> None:
		probe = "import aiosmtpd, cryptography, hijridate, jinja2, lxml, pypdf, requests, segno, yaml"
		if subprocess.run([str(self.python), "-c", probe], capture_output=True).returncode:
			run([self.python, "-m", "pip", "install", "--quiet", f"{PROJECT}[demo]"])
			run([self.python, "-m", "pip", "uninstall", "--quiet", "--yes", APP])

	def _list_app(self) -> None:
		listed = self.sites / "apps.txt"
		names = listed.read_text().split()
		if APP not in names:
			listed.write_text("\n".join([*names, APP]) + "\n")

	def _link_assets(self) -> None:
		if self.asset_link.is_symlink():
			self.asset_link.unlink()
		if not self.asset_link.exists():
			self.asset_link.symlink_to(PROJECT / APP / "public")

	def app_traces(self) -> dict[str, Any]:
		"""What the bench has of the app now, for `restore_app`."""
		return {
			"link": target_of(self.app_link),
			"asset_link": target_of(self.asset_link),
			"path_file": self.app_path_file.read_text() if self.app_path_file.exists() else None,
			"listed": APP in (self.sites / "apps.txt").read_text().split(),
			"folder": self.own_folder.exists(),
		}

	def restore_app(self, traces: dict[str, Any]) -> None:
		"""Leave of the app what `app_traces` found, whatever `link_app` did since; Python packages stay."""
		point(self.app_link, traces["link"])
		point(self.asset_link, traces["asset_link"])
		if traces["path_file"] is None:
			self.app_path_file.unlink(missing_ok=True)
		else:
			self.app_path_file.write_text(traces["path_file"])
		if not traces["listed"]:
			listed = self.sites / "apps.txt"
			listed.write_text("\n".join(name for name in listed.read_text().split() if name != APP) + "\n")
		if not traces["folder"]:
			shutil.rmtree(self.own_folder, ignore_errors=True)

	# Sites

	def versions(self) -> str:
		code = "import frappe, erpnext; print(frappe.__version__, erpnext.__version__)"
		return run([self.python, "-c", code], cwd=self.sites).stdout.split("\n")[-2].replace(" ", "-")

	def drop_site(self, name: str) -> None:
		if (self.sites / name).exists():
			self.frappe("drop-site", name, "--force", "--no-backup", *self._root_login())
			shutil.rmtree(self.path / "archived" / "sites" / name, ignore_errors=True)

	def bare_site(self, name: str, source: Path | None = None) -> None:
		"""A new site from a dump, or with Frappe alone; one of that name is dropped before."""
		self.drop_site(name)
		create = ["new-site", name, "--admin-password", ADMIN_PASSWORD, *self._root_login()]
		self.frappe(*create, *(["--source-sql", str(source)] if source else []))

	def new_site(self, name: str) -> None:
		"""An ERPNext site with a Saudi company, without this app; quick after the first, from a dump."""
		dump = self.own_folder / f"company-{self.versions()}.sql.gz"
		if dump.exists():
			self.bare_site(name, dump)
		else:
			say("· making an ERPNext site with a Saudi company (some minutes, once a bench)")
			self.bare_site(name)
			self.frappe("install-app", "erpnext", site=name)
			self.call(name, f"{APP}.demo.company", "prepare")
			self.dump(name, dump)
		self.set_config(name, developer_mode=0, allow_tests=True, mute_emails=0)

	def set_config(self, name: str, **values: object) -> None:
		path = self.sites / name / "site_config.json"
		path.write_text(json.dumps({**json.loads(path.read_text()), **values}, indent=1))

	def dump(self, name: str, target: Path) -> None:
		"""Write the site's database to `target` (.sql.gz), whole or not at all."""
		config = json.loads((self.sites / name / "site_config.json").read_text())
		login = [f"-h{self.config.get('db_host') or '127.0.0.1'}", f"-u{config['db_name']}"]
		command = ["mariadb-dump", "--single-transaction", "--quick", *login, config["db_name"]]
		secret = {**os.environ, "MYSQL_PWD": config["db_password"]}
		target.parent.mkdir(exist_ok=True)
		part = target.with_suffix(".part")
		with gzip.open(part, "wb", compresslevel=3) as out:
			process = subprocess.Popen(command, stdout=subprocess.PIPE, env=secret)
			assert process.stdout
			shutil.copyfileobj(process.stdout, out)
		if process.wait():
			raise WorkshopError(f"mariadb-dump of {name} failed.")
		part.rename(target)

	def _root_login(self) -> list[str]:
		user, password = self.config.get("root_login"), self.config.get("root_password")
		if not user or not password:
			raise WorkshopError(
				f"{self.sites}/common_site_config.json has no root_login and root_password: "
				"without them no site can be made."
			)
		return ["--db-root-username", str(user), "--db-root-password", str(password)]


def target_of(link: Path) -> str | None:
	return os.readlink(link) if link.is_symlink() else None


def point(link: Path, target: str | None) -> None:
	"""Have a link point to `target`, or be gone; a folder that stands in its place is left alone."""
	if link.is_symlink():
		link.unlink()
	if target is not None and not link.exists():
		link.symlink_to(target)


def find_bench() -> Bench | None:
	"""The bench to use, or None where none has both Frappe and ERPNext."""
	path = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench").expanduser()
	needed = ("env/bin/python", "apps/frappe", "apps/erpnext", "sites/common_site_config.json")
	return Bench(path) if all((path / part).exists() for part in needed) else None


def answers(host: str, port: int) -> bool:
	try:
		with socket.create_connection((host, port), timeout=1):
			return True
	except OSError:
		return False


def wait_for(host: str, port: int, seconds: float) -> bool:
	end = time.monotonic() + seconds
	while time.monotonic() < end:
		if answers(host, port):
			return True
		time.sleep(0.3)
	return False


def start_in_background(command: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
	return subprocess.Popen(
		list(command),
		stdin=subprocess.DEVNULL,
		stdout=subprocess.DEVNULL,
		stderr=subprocess.DEVNULL,
		start_new_session=True,
		**options,  # type: ignore[call-overload]
	)


def fail(error: WorkshopError) -> int:
	print(f"\n{error}", file=sys.stderr)
	return 1
