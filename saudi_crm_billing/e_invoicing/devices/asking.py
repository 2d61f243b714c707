"""One call of an onboarding, logged like those for documents: begun and committed before it, finished by its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from saudi_crm_billing.e_invoicing.devices import vault
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, classify
from saudi_crm_billing.e_invoicing.sending import attempts, contention
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply


def ask(unit: str, call: Call, send: Callable[[], Reply], *secrets: str) -> Answer:
	"""What the gateway says to `send`, a lambda (an error's log shows what a partial holds), `secrets` masked.

	Commits before and after, so no transaction is open during the call, and the log outlives what the answer causes.
	"""
	log = contention.committed(lambda: attempts.begin(unit, call))
	reply = send()
	answer = attempts.without_secrets(classify(call, reply.http_status, reply.body), *secrets)
	contention.committed(lambda: attempts.finish(log, answer, reply))
	return answer


def show(unit: str, gateway: Gateway, credentials: vault.Credentials, payload: Mapping[str, str]) -> Answer:
	"""What ZATCA says of a compliance document."""
	return ask(
		unit,
		Call.COMPLIANCE_CHECK,
		lambda: gateway.compliance_check(credentials.token, credentials.secret, payload),
		*attempts.in_header(credentials),
	)
