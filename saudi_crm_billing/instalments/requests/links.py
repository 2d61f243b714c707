"""Payment links: what the link of an instalment's request is signed for, how long it lives, and what one is worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from frappe.model.document import Document
from frappe.utils import get_url, now_datetime

from saudi_crm_billing import signed_links
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.common.tokens import Claim, Verdict
from saudi_crm_billing.instalments.settings import settings_of

PURPOSE = "pay instalment"
PAGE = "instalment_payment"


def payment_link(request: Document) -> tuple[str, datetime]:
	"""The full address to send to the customer, and until when (in the site's time zone) it works."""
	expires = now_datetime() + timedelta(days=settings_of(request.company).request_link_days or 30)
	token = signed_links.sign(claim_of(request), expires)
	return get_url(f"/{PAGE}?{urlencode({'request': request.name, 'token': token})}"), expires


def judge(request: Document, token: str) -> Verdict:
	return signed_links.judge(token, claim_of(request))


def claim_of(request: Document) -> Claim:
	"""For this party, instalment and amount asked; what is still owed of it is shown as it stands."""
	return Claim(
		PURPOSE,
		request.name,
		(
			request.company,
			request.party,
			request.scb_instalment_plan or "",
			str(request.scb_instalment_number),
			request.currency,
			f"{to_money(request.grand_total or 0):.2f}",
		),
	)
