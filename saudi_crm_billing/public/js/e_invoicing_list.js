// Sales Invoice list: the e-invoice's state as a coloured pill.

(() => {
	const settings = (frappe.listview_settings["Sales Invoice"] =
		frappe.listview_settings["Sales Invoice"] || {});
	const colours = {
		Pending: "orange",
		Sending: "blue",
		"Waiting for Configuration": "red",
		Cleared: "green",
		Reported: "green",
		Rejected: "red",
	};
	settings.add_fields = [...(settings.add_fields || []), "scb_zatca_status"];
	settings.formatters = {
		...(settings.formatters || {}),
		scb_zatca_status(state) {
			if (!state) return "";
			return `<span class="indicator-pill ${colours[state] || "gray"} no-indicator-dot">${__(state, null, "ZATCA Document")}</span>`;
		},
	};
})();
