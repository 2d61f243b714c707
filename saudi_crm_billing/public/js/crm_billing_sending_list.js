// Sales Invoice list: whether the customer has the invoice, as a coloured pill.

(() => {
	const settings = (frappe.listview_settings["Sales Invoice"] =
		frappe.listview_settings["Sales Invoice"] || {});
	const colours = { "Not Sent": "gray", Queued: "blue", Sent: "green", Failed: "red" };
	settings.add_fields = [...(settings.add_fields || []), "scb_sent_state"];
	settings.formatters = {
		...(settings.formatters || {}),
		scb_sent_state(state, df, doc) {
			if (!state || doc.docstatus !== 1) return "";
			return `<span class="indicator-pill ${colours[state]} no-indicator-dot">${__(state, null, "Sales Invoice")}</span>`;
		},
	};
})();
