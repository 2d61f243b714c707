// Sales Invoice, POS Invoice and advances: the state of the e-invoice and what it asks of the user.
// Frappe loads this file once for each of them.

frappe.provide("scb.e_invoicing");

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
		`<div class="scb-e-invoice-state">${__("E-Invoice")}: ${scb.e_invoicing.pill(said.state, said)}
			<span>${frappe.utils.escape_html(said.next_step)}</span>
			${messages ? `<div class="small text-muted">${messages}</div>` : ""}</div>`,
	);
	if (said.may_hand_over && frm.perm[0].submit) {
		const hand_over = () => scb.e_invoicing.hand_over_uncleared(frm);
		frm.add_custom_button(__("Hand Over Uncleared"), hand_over, __("E-Invoice"));
	}
};

scb.e_invoicing.add_buttons = (frm) => {
	const document = frm.doc.scb_zatca_document;
	if (!document || frm.is_new()) return;
	const group = __("E-Invoice");
	if (scb.e_invoicing.OPEN.includes(frm.doc.scb_zatca_status) && frm.perm[0].submit) {
		frm.add_custom_button(__("Send Now"), () => scb.e_invoicing.send(frm), group);
	}
	if (frm.doc.scb_zatca_status === "Rejected" && frm.doc.docstatus === 1 && frm.perm[0].submit) {
		const issue = () => scb.e_invoicing.issue_again(document, () => frm.reload_doc());
		frm.add_custom_button(__("Issue Again"), issue, group);
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
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				scb.e_invoicing.add_buttons(frm);
				scb.e_invoicing.show_state(frm);
				scb.e_invoicing.show_sales(frm);
				scb.e_invoicing.follow(frm);
			},
		});
	}
}
