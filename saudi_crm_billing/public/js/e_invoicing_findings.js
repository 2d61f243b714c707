// Draft of a Sales Invoice, POS Invoice or advance: what ZATCA would say to it, beside the fields and in a list with links to
// the records to mend. Frappe loads this file once for each of the doctypes.

frappe.provide("scb.e_invoicing");

scb.e_invoicing.told = (frm) => (frm.doc.docstatus === 0 && frm.doc.__onload?.scb_e_invoice) || {};

scb.e_invoicing.said = (finding) =>
	frappe.utils.escape_html(
		(frappe.boot.lang || "en").startsWith("ar") ? finding.message_ar : finding.message_en,
	);

// Another record opens at its field; a row or a field of this form is scrolled to.
scb.e_invoicing.link = ({ place }) => {
	const escape = frappe.utils.escape_html;
	const links = [];
	if (place.row) {
		const at = `data-scb-row="${place.row}"`;
		links.push(`<a href="#" ${at}>${__("Row {0}", [place.row])}</a>`);
	}
	if (place.name) {
		const hash = place.field ? `#${place.field}` : "";
		const label = place.label ? `<div class="text-muted">${escape(place.label)}</div>` : "";
		const href = frappe.utils.get_form_link(place.doctype, place.name) + hash;
		links.push(
			`${escape(__(place.doctype))}: <a href="${href}" data-scb-mend="1"><bdi>${escape(place.name)}</bdi></a>${label}`,
		);
	} else if (place.shown_at && !place.row) {
		const label = frappe.meta.get_label(cur_frm.doctype, place.shown_at);
		links.push(`<a href="#" data-scb-field="${place.shown_at}">${escape(__(label))}</a>`);
	}
	return links.map((link) => `<div>${link}</div>`).join("");
};

scb.e_invoicing.finding_row = (finding) => {
	const error = finding.severity === "error";
	return `<tr>
		<td><span class="indicator-pill ${error ? "red" : "orange"}">${error ? __("Error") : __("Warning")}</span></td>
		<td>${scb.e_invoicing.said(finding)}</td>
		<td>${scb.e_invoicing.link(finding)}</td>
		<td class="text-muted text-nowrap" dir="ltr">${frappe.utils.escape_html(finding.id)}</td>
	</tr>`;
};

scb.e_invoicing.findings_table = (findings) => `<table class="table table-bordered small">
	<thead><tr><th></th><th>${__("What to mend")}</th><th>${__("Where")}</th><th>${__("Rule")}</th></tr></thead>
	<tbody>${findings.map(scb.e_invoicing.finding_row).join("")}</tbody>
</table>`;

scb.e_invoicing.show_findings = (frm) => {
	const field = frm.fields_dict.scb_zatca_findings_view;
	if (!field) return;
	const { findings = [] } = scb.e_invoicing.told(frm);
	scb.e_invoicing.show_beside_fields(frm, findings);
	if (!findings.length) {
		field.$wrapper.empty();
		return;
	}
	field.$wrapper.html(`<div class="scb-findings">
		<p class="text-muted">${__("What ZATCA would say to this invoice")}</p>
		${scb.e_invoicing.findings_table(findings)}
		<button class="btn btn-default btn-xs" data-scb-check="1">${__("Check Again")}</button>
	</div>`);
	scb.e_invoicing.listen(frm, field.$wrapper);
};

scb.e_invoicing.listen = (frm, $box) => {
	$box.find("[data-scb-check]").on("click", () => scb.e_invoicing.check(frm));
	$box.find("[data-scb-field]").on("click", (event) => {
		frm.scroll_to_field($(event.currentTarget).attr("data-scb-field"));
		return false;
	});
	$box.find("[data-scb-row]").on("click", (event) => {
		const row = Number($(event.currentTarget).attr("data-scb-row"));
		frm.scroll_to_field("items", false);
		frm.fields_dict.items.grid.grid_rows[row - 1]?.toggle_view(true);
		return false;
	});
	// Back from the record that was mended, the draft is checked again.
	$box.find("[data-scb-mend]").on("click", () => (frm.scb_mending = frm.doc.name));
};

// Under each field what is said of it, in place of its description; and back again.
scb.e_invoicing.show_beside_fields = (frm, findings) => {
	const descriptions = (frm.scb_descriptions = frm.scb_descriptions || {});
	const by_field = Object.groupBy
		? Object.groupBy(findings, (finding) => finding.place.shown_at)
		: findings.reduce((all, finding) => {
				(all[finding.place.shown_at] ||= []).push(finding);
				return all;
			}, {});
	for (const fieldname of Object.keys(descriptions)) {
		if (by_field[fieldname]) continue;
		scb.e_invoicing.describe(frm, fieldname, descriptions[fieldname]);
		delete descriptions[fieldname];
	}
	for (const [fieldname, rows] of Object.entries(by_field)) {
		if (!fieldname || !frm.fields_dict[fieldname]) continue;
		if (!(fieldname in descriptions)) {
			descriptions[fieldname] = frm.fields_dict[fieldname].df.description || "";
		}
		const text = rows.map((finding) => {
			const colour = finding.severity === "error" ? "text-danger" : "scb-warning";
			const row = finding.place.row ? `${__("Row {0}", [finding.place.row])}: ` : "";
			return `<span class="scb-finding ${colour}">${row}${scb.e_invoicing.said(finding)}</span>`;
		});
		scb.e_invoicing.describe(frm, fieldname, text.join("<br>"));
	}
};

scb.e_invoicing.describe = (frm, fieldname, text) => {
	const field = frm.fields_dict[fieldname];
	if (field.grid) {
		const $description = field.grid.wrapper.find(".grid-description");
		field.grid.df.description = text;
		$description.html(text).toggle(Boolean(text));
	} else {
		field.set_description(text || null);
		field.toggle_description?.(Boolean(text));
	}
};

// What stands on the form is checked, saved or not; nothing is saved.
scb.e_invoicing.check = async (frm, { silent = false } = {}) => {
	const { message: told } = await frappe.call({
		method: "saudi_crm_billing.e_invoicing.checks.draft_api.check_draft",
		args: { draft: frm.doc },
		freeze: !silent,
		freeze_message: __("Checking the e-invoice"),
	});
	frm.doc.__onload = { ...(frm.doc.__onload || {}), scb_e_invoice: told };
	scb.e_invoicing.show_findings(frm);
	frm.layout.refresh_dependency();
	if (!silent) scb.e_invoicing.announce(frm, told);
	return told;
};

scb.e_invoicing.announce = (frm, { issues, findings }) => {
	const errors = findings.filter((finding) => finding.severity === "error").length;
	const warnings = findings.length - errors;
	const [message, indicator] = !issues
		? [__("{0} issues no e-invoice for this document.", [frm.doc.company]), "blue"]
		: errors
			? [__("E-invoice: {0} errors and {1} warnings. They are listed under E-Invoice Findings.", [errors, warnings]), "red"]
			: warnings
				? [__("E-invoice: no errors, {0} warnings. They are listed under E-Invoice Findings.", [warnings]), "orange"]
				: [__("E-invoice: nothing to mend. Nothing was saved."), "green"];
	frappe.show_alert({ message: frappe.utils.escape_html(message), indicator }, 7);
	if (findings.length) frm.scroll_to_field("scb_zatca_findings_view", false);
};

// Whether a payment is an advance is known at its save; a new receipt of a customer may be one.
scb.e_invoicing.may_issue = ({ doctype, scb_is_advance, __islocal, payment_type, party_type }) =>
	doctype !== "Payment Entry" ||
	scb_is_advance ||
	(__islocal && payment_type === "Receive" && party_type === "Customer");

scb.e_invoicing.add_check = (frm) => {
	if (frm.doc.docstatus !== 0 || !(frappe.boot.scb_zatca_companies || []).includes(frm.doc.company)) return;
	if (!scb.e_invoicing.may_issue(frm.doc)) return;
	frm.add_custom_button(__("Check E-Invoice"), () => scb.e_invoicing.check(frm));
	if (frm.scb_mending !== frm.doc.name) return;
	frm.scb_mending = null;
	scb.e_invoicing.check(frm, { silent: true });
};

// Where the company wants a person to accept warnings, Submit asks.
scb.e_invoicing.ask_for_warnings = async (frm) =>
	scb.e_invoicing.ask_about(frm, await scb.e_invoicing.check(frm, { silent: true }));

// What was told at the last save is asked about where the form has no check of its own.
scb.e_invoicing.ask_about = async (frm, told) => {
	if (!told) return;
	const errors = told.findings.filter((finding) => finding.severity === "error");
	if (told.policy !== "Ask" || !told.accepts || errors.length) return;
	const accepted = await new Promise((resolve) => {
		const table = scb.e_invoicing.findings_table(told.findings);
		const question = __("ZATCA would accept this e-invoice with warnings. Submit it all the same?");
		const dialog = frappe.confirm(`<p>${question}</p>${table}`, () => resolve(true), () => resolve(false));
		dialog.$wrapper.find(".modal-dialog").addClass("modal-lg");
	});
	if (accepted) frm.doc.scb_zatca_accepted_warnings = told.accepts;
	else frappe.validated = false;
};

if (!scb.e_invoicing.checks) {
	scb.e_invoicing.checks = true;
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				scb.e_invoicing.show_findings(frm);
				scb.e_invoicing.add_check(frm);
			},
			company: (frm) => frm.refresh_header?.(),
			party: (frm) => scb.e_invoicing.add_check(frm),
			before_submit(frm) {
				if (!scb.e_invoicing.may_issue(frm.doc)) return;
				if ((frappe.boot.scb_zatca_asking || []).includes(frm.doc.company)) return scb.e_invoicing.ask_for_warnings(frm);
			},
		});
	}
}
