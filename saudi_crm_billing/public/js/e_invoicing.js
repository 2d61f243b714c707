// Sales Invoice and POS Invoice: the state of the e-invoice, what it asks of the user, and the findings on the draft.
// Frappe loads this file once for each of them.

frappe.provide("scb.e_invoicing");

// Where a finding is mended: [doctype, name] by the part of the document that it points at.
scb.e_invoicing.place = (frm, where) => {
	if (where.includes("AccountingSupplierParty")) {
		return where.includes("PostalAddress") && frm.doc.company_address
			? ["Address", frm.doc.company_address]
			: ["Company", frm.doc.company];
	}
	if (where.includes("AccountingCustomerParty")) {
		return where.includes("PostalAddress") && frm.doc.customer_address
			? ["Address", frm.doc.customer_address]
			: ["Customer", frm.doc.customer];
	}
	return null;
};

scb.e_invoicing.finding_row = (frm, finding) => {
	const arabic = (frappe.boot.lang || "en").startsWith("ar");
	const text = frappe.utils.escape_html(arabic ? finding.message_ar : finding.message_en);
	const place = scb.e_invoicing.place(frm, finding.where || "");
	const line = /InvoiceLine\[(\d+)\]/.exec(finding.where || "");
	const link = place
		? `<a href="${frappe.utils.get_form_link(...place)}">${frappe.utils.escape_html(place[1])}</a>`
		: line
			? __("Row {0}", [line[1]])
			: "";
	const error = finding.severity === "error";
	return `<tr>
		<td><span class="indicator-pill ${error ? "red" : "orange"}">${error ? __("Error") : __("Warning")}</span></td>
		<td>${text}</td>
		<td>${link}</td>
		<td class="text-muted" dir="ltr">${frappe.utils.escape_html(finding.id)}</td>
	</tr>`;
};

scb.e_invoicing.show_findings = (frm) => {
	const field = frm.fields_dict.scb_zatca_findings_view;
	if (!field) return;
	const findings = frm.doc.docstatus === 0 ? JSON.parse(frm.doc.scb_zatca_findings || "[]") : [];
	if (!findings.length) {
		field.$wrapper.empty();
		return;
	}
	const rows = findings.map((finding) => scb.e_invoicing.finding_row(frm, finding)).join("");
	field.$wrapper.html(`<div class="scb-findings">
		<p class="text-muted">${__("What ZATCA would say to this invoice")}</p>
		<table class="table table-bordered small">
			<thead><tr><th></th><th>${__("What to mend")}</th><th>${__("Where")}</th><th>${__("Rule")}</th></tr></thead>
			<tbody>${rows}</tbody>
		</table>
	</div>`);
};

scb.e_invoicing.show_state = async (frm) => {
	if (!frm.doc.scb_zatca_document || frm.is_new()) return;
	const { message: said } = await frappe.call({
		method: "saudi_crm_billing.e_invoicing.api.next_step",
		args: { invoice: frm.doc.name, doctype: frm.doctype },
		type: "GET",
	});
	if (!said || !said.state) return;
	const messages = frappe.utils.escape_html(said.message || "").replaceAll("\n", "<br>");
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline_alert(
		`<div class="scb-e-invoice-state">${__("E-Invoice")}: ${scb.e_invoicing.pill(said.state)}
			<span>${frappe.utils.escape_html(said.next_step)}</span>
			${messages ? `<div class="small text-muted">${messages}</div>` : ""}</div>`,
	);
};

scb.e_invoicing.add_buttons = (frm) => {
	const document = frm.doc.scb_zatca_document;
	if (!document || frm.is_new()) return;
	const group = __("E-Invoice");
	if (scb.e_invoicing.OPEN.includes(frm.doc.scb_zatca_status) && frm.perm[0].submit) {
		frm.add_custom_button(__("Send Now"), () => scb.e_invoicing.send(frm), group);
	}
	frm.add_custom_button(
		__("Download XML"),
		() => {
			const query = $.param({ document });
			window.open(`/api/method/saudi_crm_billing.e_invoicing.api.download_xml?${query}`);
		},
		group,
	);
	if (frappe.model.can_read("ZATCA Document")) {
		frm.add_custom_button(
			__("Open ZATCA Document"),
			() => frappe.set_route("Form", "ZATCA Document", document),
			group,
		);
	}
};

scb.e_invoicing.send = async (frm) => {
	const { message: said } = await frappe.call({
		method: "saudi_crm_billing.e_invoicing.api.send_now",
		args: { document: frm.doc.scb_zatca_document },
		freeze: true,
		freeze_message: __("Sending to ZATCA"),
	});
	const colour = scb.e_invoicing.COLOURS[said.state] || "blue";
	frappe.show_alert({ message: `${__(said.state, null, "ZATCA Document")}: ${said.next_step}`, indicator: colour }, 10);
	frm.reload_doc();
};

scb.e_invoicing.follow = (frm) =>
	scb.watch(frm, {
		event: "scb_e_invoice",
		fields: ["scb_zatca_status", "scb_zatca_document"],
		waiting: (doc) =>
			scb.e_invoicing.OPEN.includes(doc.scb_zatca_status) || (!doc.scb_zatca_document && scb.is_fresh(doc)),
	});

// An invoice that sums up the sales at a till: each of them has an e-invoice of its own.
scb.e_invoicing.show_sales = (frm) => {
	if (!frm.doc.is_consolidated || frm.is_new()) return;
	const sales = `<a href="/app/pos-invoice?consolidated_invoice=${encodeURIComponent(frm.doc.name)}">${__("POS Invoices")}</a>`;
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline_alert(
		`<div class="scb-e-invoice-sales">${__("This invoice sums up sales at a till and has no e-invoice of its own. The e-invoices are on its {0}.", [sales])}</div>`,
	);
};

if (!scb.e_invoicing.is_ready) {
	scb.e_invoicing.is_ready = true;
	for (const doctype of ["Sales Invoice", "POS Invoice"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				scb.e_invoicing.show_findings(frm);
				scb.e_invoicing.add_buttons(frm);
				scb.e_invoicing.show_state(frm);
				scb.e_invoicing.show_sales(frm);
				scb.e_invoicing.follow(frm);
			},
		});
	}
}
