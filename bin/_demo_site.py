"""The demo on a bench: a site of its own, its servers in the background, the story, and all of it away again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from _workshop import (
	ADMIN_PASSWORD,
	APP,
	PROJECT,
	Bench,
	WorkshopError,
	environment,
	say,
	start_in_background,
	wait_for,
)

SITE = "demo.localhost"


def play(bench: Bench, alert_date: str) -> int:
	"""Make the site, play the story on it up to `alert_date` (ISO, or empty for the default), leave the Desk running."""
	remove(bench, quietly=True)
	bench.start_services()
	put_app(bench)
	python = environment("demo", "demo")
	say(f"· making the site {SITE}")
	bench.new_site(SITE)
	bench.frappe("install-app", APP, site=SITE)
	bench.frappe("enable-scheduler", site=SITE)
	ports = {name: free_port() for name in ("sandbox", "smtp", "web")}
	start_servers(bench, python, ports)
	base_url = f"http://127.0.0.1:{ports['sandbox']}/e-invoicing/developer-portal"
	bench.set_config(SITE, host_name=f"http://{SITE}:{ports['web']}")
	code = tell_story(bench, [base_url, str(ports["smtp"]), alert_date])
	if code == 0:
		say_where(bench, ports)
	return code


def put_app(bench: Bench) -> None:
	"""The app onto the bench; what was there of it is noted first, so that a broken attempt can be taken back."""
	write_state(bench, {"before": bench.app_traces(), "servers": []})
	bench.link_app()


def start_servers(bench: Bench, python: Path, ports: dict[str, int]) -> None:
	"""Gateway, mail server, web server and a worker, each in a process group of its own."""
	mail = bench.own_folder / "mail"
	frappe = [str(bench.python), "-m", "frappe.utils.bench_helper", "frappe"]
	commands = {
		"sandbox": [str(python), "-m", "saudi_crm_billing.cli", "sandbox", "--port", str(ports["sandbox"])],
		"smtp": [
			str(python),
			"-m",
			"aiosmtpd",
			"-n",
			"-l",
			f"127.0.0.1:{ports['smtp']}",
			"-c",
			"aiosmtpd.handlers.Mailbox",
			str(mail),
		],
		"web": [*frappe, "--site", SITE, "serve", "--port", str(ports["web"]), "--noreload"],
		"worker": [*frappe, "worker", "--queue", "short,default,long"],
	}
	places = {"sandbox": PROJECT, "smtp": bench.own_folder, "web": bench.sites, "worker": bench.sites}
	state = read_state(bench)
	state["servers"] = [
		{"pid": start_in_background(command, cwd=places[name]).pid, "arguments": command[1:]}
		for name, command in commands.items()
	]
	write_state(bench, state)
	for name, port in ports.items():
		if not wait_for("127.0.0.1", port, 60):
			raise WorkshopError(f"the {name} server did not start on port {port}.")


def tell_story(bench: Bench, arguments: list[str]) -> int:
	code = (
		"import sys, frappe\n"
		"frappe.init(site=sys.argv[1], sites_path='.'); frappe.connect(); frappe.set_user('Administrator')\n"
		"from saudi_crm_billing.demo import site_story\n"
		"try:\n\tsite_story.play(*sys.argv[2:])\n"
		"except (site_story.StoryStopped, frappe.ValidationError) as error:\n\tsys.exit(f'The story stopped: {error}')\n"
	)
	# Warnings of the framework's own libraries would stand between the steps.
	quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
	return subprocess.run(
		[str(bench.python), "-c", code, SITE, *arguments], cwd=bench.sites, env=quiet
	).returncode


def say_where(bench: Bench, ports: dict[str, int]) -> None:
	mails = len(list((bench.own_folder / "mail" / "new").glob("*")))
	say(f"\n{mails} messages arrived at the local mail server: {bench.own_folder}/mail/new")
	say(f"Desk:      http://{SITE}:{ports['web']}/app/saudi-crm-billing")
	say(f"User:      Administrator   password: {ADMIN_PASSWORD}")
	say("Sales:     noura@demo.example   password: Riyadh#2026   (Arabic)")
	say("Accounts:  fahd@demo.example    password: Riyadh#2026")
	say("Away again: bin/demo --remove")


def remove(bench: Bench, quietly: bool = False) -> int:
	"""Stop the demo's servers, drop its site, and leave of the app on the bench what was there before."""
	state = read_state(bench)
	for server in state["servers"]:
		stop(server["pid"], " ".join(server["arguments"]))
	if (bench.sites / SITE).exists():
		bench.start_services()
		bench.drop_site(SITE)
	state_file(bench).unlink(missing_ok=True)
	shutil.rmtree(bench.own_folder / "mail", ignore_errors=True)
	if state["before"] is not None:
		bench.restore_app(state["before"])
	if not quietly:
		say(
			f"{SITE} and its servers are gone; Python packages that the app needs stay in the bench's environment."
		)
	return 0


def stop(pid: int, arguments: str) -> None:
	"""End a process group that this demo started; one that is gone, or whose number another has now, is left."""
	for number in (signal.SIGTERM, signal.SIGKILL):
		listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
		if not listed.strip().endswith(arguments):
			return
		os.killpg(pid, number)
		time.sleep(0.7)


def state_file(bench: Bench) -> Path:
	return bench.own_folder / "demo.json"


def read_state(bench: Bench) -> dict[str, Any]:
	file = state_file(bench)
	return {"before": None, "servers": []} | (json.loads(file.read_text()) if file.exists() else {})


def write_state(bench: Bench, state: dict[str, Any]) -> None:
	bench.own_folder.mkdir(exist_ok=True)
	state_file(bench).write_text(json.dumps(state))


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return int(probe.getsockname()[1])
