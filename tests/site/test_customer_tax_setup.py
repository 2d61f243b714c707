"""Classes, setup, item templates, rights, explanations and seeds on a real site."""

from __future__ import annotations

from types import ModuleType

import pytest
from customer_tax_helpers import (
	EXPORT,
	MEDICINES,
	TAXABLE,
	a_customer_of,
	a_special_class,
	a_template_of,
	an_item_of,
	enable_tax_classes,
)
from factories import COMPANY, a_sales_invoice, a_user, account, insert, line

from saudi_crm_billing.customer_tax import api, install
from saudi_crm_billing.customer_tax.seeds import SEEDS


def test_seeds_are_all_valid_and_bilingual(site) -> None:
	found = site.get_all("Customer Tax Class", fields=["name", "title_ar", "category", "vatex_code"])
	assert {row.name for row in found} >= {seed.title for seed in SEEDS}
	assert all(row.title_ar for row in found)


def test_seeding_again_writes_nothing(site) -> None:
	before = site.get_all("Customer Tax Class", fields=["name", "modified"], order_by="name")
	install.seed()
	assert site.get_all("Customer Tax Class", fields=["name", "modified"], order_by="name") == before


def test_seed_does_not_overwrite_an_administrators_change(site) -> None:
	site.get_doc("Customer Tax Class", EXPORT).update({"reason_en": "Export, our words"}).save()
	install.seed()
	assert site.db.get_value("Customer Tax Class", EXPORT, "reason_en") == "Export, our words"


def test_seed_updates_a_class_that_nobody_changed(site, monkeypatch) -> None:
	(seed,) = [each for each in SEEDS if each.title == EXPORT]
	monkeypatch.setattr(install, "SEEDS", (seed._replace(title_ar="عنوان جديد"),))
	install.seed()
	assert site.db.get_value("Customer Tax Class", EXPORT, "title_ar") == "عنوان جديد"


def test_deleted_seed_comes_back(site) -> None:
	site.delete_doc("Customer Tax Class", "Qualifying metals")
	install.seed()
	assert site.db.exists("Customer Tax Class", "Qualifying metals")


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"category": "S", "rate": 7}, "Odd: a taxable class has a rate of 5 or 15%, not 7% (BR-KSA-84)."),
		({"category": "S", "rate": 5}, "Odd: a special rate of 5% needs both dates"),
		({"category": "Z", "rate": 0}, "Odd: category Z needs a VATEX code"),
		(
			{"category": "E", "rate": 0, "vatex_code": "VATEX-SA-32"},
			"VATEX-SA-32 belongs to category Z, not E",
		),
		(
			{"category": "O", "rate": 0, "vatex_code": "VATEX-SA-OOS"},
			"write the reason in English and in Arabic",
		),
	],
)
def test_wrong_class_cannot_be_saved(site, values, message) -> None:
	with pytest.raises(site.ValidationError) as refusal:
		insert("Customer Tax Class", title="Odd", **values)
	assert message in str(refusal.value)


def test_national_id_flag_follows_the_code(site) -> None:
	assert site.db.get_value("Customer Tax Class", "Private education to citizens", "needs_national_id") == 1
	assert site.db.get_value("Customer Tax Class", EXPORT, "needs_national_id") == 0


def test_propose_makes_the_account_once(site) -> None:
	first = api.propose_setup(COMPANY)
	second = api.propose_setup(COMPANY)
	assert first == {"vat_account": account("VAT 15%"), "account_made": True, "default_class": TAXABLE}
	assert second == {**first, "account_made": False}
	made = site.get_doc("Account", first["vat_account"])
	assert (made.account_type, made.root_type, made.tax_rate) == ("Tax", "Liability", 15)
	assert not site.db.exists("Customer Tax Setup", COMPANY)


def test_propose_finds_the_account_of_the_companys_own_template(site) -> None:
	own = insert(
		"Account",
		account_name="KSA output tax",
		company=COMPANY,
		parent_account=account("Duties and Taxes"),
		account_type="Tax",
	).name
	row = {"charge_type": "On Net Total", "account_head": own, "rate": 15, "description": "VAT"}
	insert("Sales Taxes and Charges Template", title="KSA", company=COMPANY, taxes=[row])
	assert api.propose_setup(COMPANY)["vat_account"] == own


def test_propose_asks_for_the_right_first(site) -> None:
	site.set_user(a_user("seller@example.com", "Sales User"))
	with pytest.raises(site.PermissionError):
		api.propose_setup(COMPANY)
	site.set_user("Administrator")
	assert not site.db.exists("Account", account("VAT 15%"))


def test_accounts_manager_may_propose(site) -> None:
	site.set_user(a_user("chief@example.com", "Accounts Manager"))
	assert api.propose_setup(COMPANY)["account_made"]


def test_sales_user_reads_classes_and_does_not_write_them(site) -> None:
	site.set_user(a_user("seller@example.com", "Sales User"))
	tax_class = site.get_doc("Customer Tax Class", EXPORT)
	tax_class.check_permission("read")
	with pytest.raises(site.PermissionError):
		tax_class.save()


def test_sales_user_makes_a_taxed_quotation(site) -> None:
	from factories import a_quotation

	enable_tax_classes()
	customer, items = a_customer_of(TAXABLE), [line(), line(an_item_of(MEDICINES, "MEDICINE"))]
	site.set_user(a_user("seller@example.com", "Sales User"))
	quotation = a_quotation(customer, items).insert()
	assert quotation.grand_total == 2150
	assert api.explain("Quotation", quotation.name)["treatments"] == [
		"Taxable at 15%",
		"Zero-rated – Medicines and medical equipment (VATEX-SA-35)",
	]


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"vat_account": None}, f"Choose the VAT Account of {COMPANY} before you enable its tax setup."),
		({"vat_account": account("Cash")}, "must be a liability account of type Tax"),
		({"vat_account": account("Duties and Taxes")}, "must be a liability account of type Tax"),
		({"default_class": "Legacy 5%"}, "Default Tax Class Legacy 5% is disabled or not valid today"),
	],
)
def test_setup_that_cannot_work_is_refused(site, values, message) -> None:
	with pytest.raises(site.ValidationError) as refusal:
		enable_tax_classes(**values)
	assert message in str(refusal.value)


def test_item_template_gets_the_rate_of_its_class(site) -> None:
	setup = enable_tax_classes()
	template = site.get_doc("Item Tax Template", a_template_of(MEDICINES))
	assert [(row.tax_type, row.tax_rate) for row in template.taxes] == [(setup.vat_account, 0)]


def test_item_templates_get_their_vat_rows_when_the_setup_is_enabled(site) -> None:
	fee = account("Freight and Forwarding Charges")
	template = a_template_of(MEDICINES, taxes=[{"tax_type": fee, "tax_rate": 3}])
	setup = enable_tax_classes()
	rows = site.get_doc("Item Tax Template", template).taxes
	assert [(row.tax_type, row.tax_rate) for row in rows] == [(fee, 3), (setup.vat_account, 0)]


def test_item_template_follows_the_rate_of_its_class(site) -> None:
	enable_tax_classes()
	special = a_special_class()
	template = a_template_of(special)
	site.get_doc("Customer Tax Class", special).update({"rate": 15}).save()
	assert site.get_doc("Item Tax Template", template).taxes[0].tax_rate == 15


def rate_only_templates(site: ModuleType) -> list[str]:
	filters = {"company": COMPANY, "title": ("like", "VAT%(rate only)%")}
	return site.get_all("Item Tax Template", filters=filters, pluck="title", order_by="title")


def test_enabling_makes_one_template_for_each_lower_rate_once(site) -> None:
	setup = enable_tax_classes()
	setup.save()
	assert rate_only_templates(site) == ["VAT 0% (rate only)", "VAT 5% (rate only)"]


def test_setup_that_is_not_enabled_makes_no_template(site) -> None:
	enable_tax_classes(enabled=0)
	assert rate_only_templates(site) == []


def test_disabled_class_may_stay_on_its_template(site) -> None:
	enable_tax_classes()
	template = a_template_of(a_special_class())
	site.get_doc("Customer Tax Class", "Special 5%").update({"enabled": 0, "rate": 15}).save()
	assert site.get_doc("Item Tax Template", template).taxes[0].tax_rate == 15


def test_item_template_refuses_a_disabled_class(site) -> None:
	enable_tax_classes()
	site.get_doc("Customer Tax Class", MEDICINES).update({"enabled": 0}).save()
	with pytest.raises(site.ValidationError, match="is disabled: choose another one for Item Tax Template"):
		a_template_of(MEDICINES)


def test_explanation_is_in_the_readers_language(site) -> None:
	enable_tax_classes()
	invoice = a_sales_invoice(a_customer_of(EXPORT)).insert()
	english = api.explain("Sales Invoice", invoice.name)
	site.local.lang = "ar"
	arabic = api.explain("Sales Invoice", invoice.name)
	assert english["sentences"] == [
		"VAT: Zero-rated – Export of goods (VATEX-SA-32), because the customer's tax class is Zero-rated export of goods."
	]
	assert "صادرات السلع من المملكة (VATEX-SA-32)" in arabic["treatments"][0]
	assert "صادرات السلع (نسبة صفرية)" in arabic["sentences"][0]


def test_explanation_needs_the_right_to_read_the_document(site) -> None:
	enable_tax_classes()
	invoice = a_sales_invoice(a_customer_of(EXPORT)).insert()
	site.set_user(a_user("seller@example.com", "Sales User"))
	with pytest.raises(site.PermissionError):
		api.explain("Sales Invoice", invoice.name)


def test_explanation_of_another_doctype_is_refused(site) -> None:
	with pytest.raises(site.PermissionError, match="Customer has no tax decision"):
		api.explain("Customer", a_customer_of(EXPORT))


def test_explanation_of_an_untaxed_document_is_empty(site) -> None:
	invoice = a_sales_invoice(a_customer_of(EXPORT)).insert()
	assert api.explain("Sales Invoice", invoice.name) == {"sentences": [], "treatments": []}


@pytest.fixture(autouse=True)
def english_again(site: ModuleType):
	yield
	site.local.lang = "en"


def test_unseeding_takes_the_unused_rate_templates_away_and_lists_what_stays(site) -> None:
	setup = enable_tax_classes()
	of_items = a_template_of(EXPORT)
	zero, five = (
		site.db.get_value("Item Tax Template", {"title": f"VAT {rate}% (rate only)", "company": COMPANY})
		for rate in (0, 5)
	)
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line()]).insert()
	site.db.set_value("Sales Invoice Item", invoice.items[0].name, "item_tax_template", zero)
	site.clear_messages()
	assert install.unseed() == [f"Item Tax Template {zero}", f"Account {setup.vat_account}"]
	assert site.db.exists("Item Tax Template", zero) and site.db.exists("Item Tax Template", of_items)
	assert not site.db.exists("Item Tax Template", five)
	assert site.get_message_log() == []


def test_unseeding_a_site_without_a_setup_lists_nothing(site) -> None:
	assert install.unseed() == []
