"""The acceptance link over real HTTP, as a customer's telephone would use it: no login, no script, a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from test_billing_race import ask
from web_server import HEADERS, serving

pytestmark = pytest.mark.commits

ACCEPT = "/api/method/saudi_crm_billing.crm_billing.api.accept_by_link"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
	with serving(tmp_path_factory.mktemp("server")) as address:
		yield address


@pytest.fixture
def link() -> str:
	"""Path and query of a fresh quotation's link; the visitor starts with a clean rate limit."""
	address = urlsplit(ask("link", ask("prepare")["quotation"])["link"])
	return f"{address.path}?{address.query}"


def visit(server: str, path: str) -> requests.Response:
	return requests.get(server + path, headers=HEADERS, timeout=60)


def form_of(page: requests.Response) -> dict[str, str]:
	return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


def test_a_guest_reads_and_accepts_over_http(server: str, link: str) -> None:
	page = visit(server, link)
	assert page.status_code == 200
	assert "7,777.00" in page.text
	fields = form_of(page)
	assert set(fields) == {"quotation", "token"}

	answer = requests.post(
		server + ACCEPT,
		data={**fields, "signed_by": "عبدالله"},
		headers=HEADERS,
		timeout=60,
		allow_redirects=False,
	)
	assert answer.status_code == 302
	assert urlsplit(answer.headers["Location"]).path == "/quotation_acceptance"
	after = visit(server, link)
	assert after.status_code == 200
	assert "has been accepted" in after.text
	assert "عبدالله" in after.text
	assert len(ask("state", fields["quotation"])["runs"]) == 1

	again = requests.post(server + ACCEPT, data=fields, headers=HEADERS, timeout=60, allow_redirects=False)
	assert again.status_code == 302
	assert len(ask("state", fields["quotation"])["runs"]) == 1


def test_a_tampered_link_gets_no_data_and_accepts_nothing(server: str, link: str) -> None:
	query = {key: values[0] for key, values in parse_qs(urlsplit(link).query).items()}
	page = visit(server, link[:-3] + "AAA")
	assert page.status_code == 403
	assert "7,777.00" not in page.text
	assert "This link is not valid" in page.text
	forged = {**query, "token": query["token"][:-3] + "AAA"}
	requests.post(server + ACCEPT, data=forged, headers=HEADERS, timeout=60, allow_redirects=False)
	assert ask("state", query["quotation"])["runs"] == []


def test_a_page_is_never_served_to_another_link(server: str, link: str) -> None:
	"""Frappe may cache guests' pages by their path, without the query; this one must not be."""
	assert visit(server, link).status_code == 200
	assert visit(server, "/quotation_acceptance").status_code == 403


def test_accepting_needs_a_post(server: str, link: str) -> None:
	query = urlsplit(link).query
	answer = visit(server, f"{ACCEPT}?{query}")
	assert answer.status_code == 403
	quotation = parse_qs(query)["quotation"][0]
	assert ask("state", quotation)["runs"] == []


def test_the_endpoint_is_rate_limited(server: str, link: str) -> None:
	fields = {"quotation": "guess", "token": "1.guess"}
	codes = [
		requests.post(
			server + ACCEPT, data=fields, headers=HEADERS, timeout=60, allow_redirects=False
		).status_code
		for _attempt in range(31)
	]
	assert codes[0] == 302
	assert codes[-1] == 429
