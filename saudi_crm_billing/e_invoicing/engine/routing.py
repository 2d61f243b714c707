"""Which of a company's units issues a document: the POS profile's, else the branch's, else the company's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from saudi_crm_billing.e_invoicing.engine.model import Subtype

DIGIT = {Subtype.STANDARD: 0, Subtype.SIMPLIFIED: 1}


@dataclass(frozen=True)
class Candidate:
	"""A unit that is not retired; `branch` and `pos_profile` are empty where it issues for all of them.

	`invoice_types` is what its certificate allows, standard then simplified, such as 1100.
	"""

	name: str
	invoice_types: str
	active: bool
	branch: str = ""
	pos_profile: str = ""

	def issues(self, subtype: Subtype | None) -> bool:
		"""Whether it may issue such a document; None asks of any."""
		return subtype is None or self.invoice_types[DIGIT[subtype] : DIGIT[subtype] + 1] == "1"

	def is_for(self, branch: str, pos_profile: str) -> bool:
		return self.branch in ("", branch) and self.pos_profile in ("", pos_profile)

	@property
	def rank(self) -> tuple[bool, bool]:
		"""How closely it is bound; a till is closer than the branch it stands in."""
		return bool(self.pos_profile), bool(self.branch)


def choose(
	candidates: Iterable[Candidate], subtype: Subtype | None, branch: str = "", pos_profile: str = ""
) -> Candidate | None:
	"""The unit that is bound closest and may issue `subtype`; None where the company has no unit for it at all.

	What is chosen may be inactive: then nobody issues, since its documents belong to no other chain. Where no unit may
	issue the subtype, an active one comes back, so that the user hears which unit does not.
	"""
	bound = sorted(
		(unit for unit in candidates if unit.is_for(branch, pos_profile)),
		key=lambda unit: (unit.rank, unit.active),
		reverse=True,
	)
	able = [unit for unit in bound if unit.issues(subtype)]
	active = [unit for unit in bound if unit.active]
	return next(iter(able or active or bound), None)
