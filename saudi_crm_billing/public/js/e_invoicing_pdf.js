// Every form that has an e-invoice: the buyer's copy, PDF/A-3 with the XML in it. Frappe loads this file once for each of them.

frappe.provide("scb.e_invoicing");

// By fetch and not by a new window: a refusal is shown on the form, with its way out.
scb.e_invoicing.download_pdf = (name) =>
	scb.e_invoicing.fetch_pdf(`download_pdf?${$.param({ document: name })}`, {});

scb.e_invoicing.hand_over_uncleared = (frm) =>
	frappe.confirm(
		__(
			"ZATCA has not cleared this tax invoice yet. The copy says so, the buyer deducts no VAT with it before it is cleared, and a comment here notes that you made it. Make the copy?",
		),
		async () => {
			await scb.e_invoicing.fetch_pdf("hand_over_uncleared", {
				method: "POST",
				body: new URLSearchParams({ document: frm.doc.scb_zatca_document }),
			});
			frm.reload_doc();
		},
	);

scb.e_invoicing.fetch_pdf = async (call, request) => {
	frappe.dom.freeze(__("Making the PDF"));
	try {
		const answer = await fetch(`/api/method/saudi_crm_billing.e_invoicing.api.${call}`, {
			...request,
			headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
		});
		if (answer.ok) scb.e_invoicing.save(await answer.blob(), answer.headers.get("Content-Disposition") || "");
		else scb.e_invoicing.show_refusal(await answer.json().catch(() => ({})));
	} finally {
		frappe.dom.unfreeze();
	}
};

scb.e_invoicing.save = (content, disposition) => {
	const [, name] = /filename="?([^";]+)/.exec(disposition) || [null, "e-invoice.pdf"];
	const link = document.createElement("a");
	link.href = URL.createObjectURL(content);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

scb.e_invoicing.show_refusal = (answer) => {
	const messages = JSON.parse(answer._server_messages || "[]").map((message) => JSON.parse(message).message);
	frappe.msgprint({
		title: __("No PDF for the customer"),
		message: messages.join("<br>") || __("The PDF could not be made: see the Error Log."),
		indicator: "red",
	});
};

if (!scb.e_invoicing.has_pdf) {
	scb.e_invoicing.has_pdf = true;
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				const name = frm.doc.scb_zatca_document;
				if (!name || frm.doc.docstatus !== 1) return;
				frm.add_custom_button(
					__("Download PDF/A-3"),
					() => scb.e_invoicing.download_pdf(name),
					__("E-Invoice"),
				);
			},
		});
	}
}
