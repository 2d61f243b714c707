// Lists of documents with an e-invoice: the e-invoice's state as a coloured pill.

// Whether ZATCA has an open one stands on its document: asked for the rows that are shown, by those who may read it.
scb.e_invoicing.show_unknown = async ({ data, $result }) => {
	const open = (data || []).filter((row) => row.scb_zatca_document && scb.e_invoicing.OPEN.includes(row.scb_zatca_status));
	if (!open.length || !frappe.model.can_read("ZATCA Document")) return;
	const unknown = await frappe.db.get_list("ZATCA Document", {
		filters: { name: ["in", open.map((row) => row.scb_zatca_document)], answer_unknown: 1 },
		fields: ["name", "state", "answer_unknown"],
		limit: open.length,
	});
	for (const row of unknown) {
		const [label] = scb.e_invoicing.shown(row);
		const $shown = $result.find(`[data-scb-document="${CSS.escape(row.name)}"]`);
		$shown.html(scb.e_invoicing.pill(row.state, row)).attr("title", label);
	}
};

["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"].forEach((doctype) => {
	const settings = (frappe.listview_settings[doctype] = frappe.listview_settings[doctype] || {});
	const refresh = settings.refresh;
	settings.add_fields = [...new Set([...(settings.add_fields || []), "scb_zatca_status", "scb_zatca_document"])];
	settings.formatters = {
		...(settings.formatters || {}),
		scb_zatca_status(state, df, doc) {
			if (!state) return "";
			const document = frappe.utils.escape_html(doc?.scb_zatca_document || "");
			return `<span data-scb-document="${document}">${scb.e_invoicing.pill(state)}</span>`;
		},
	};
	settings.refresh = (listview) => {
		refresh?.(listview);
		scb.e_invoicing.show_unknown(listview);
	};
});
