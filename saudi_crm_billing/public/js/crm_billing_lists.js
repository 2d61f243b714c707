// The lists of quotations and opportunities show acceptance and a failed billing before ERPNext's own status.
(() => {
	const extend = (doctype, happened, label) => {
		const settings = (frappe.listview_settings[doctype] = frappe.listview_settings[doctype] || {});
		if (settings.scb_extended) return;
		const core = settings.get_indicator;
		settings.scb_extended = true;
		settings.add_fields = [...(settings.add_fields || []), happened, "scb_billing_status"];
		settings.get_indicator = (doc) => {
			if (doc.scb_billing_status === "Failed") {
				return [__("Billing Failed"), "red", "scb_billing_status,=,Failed"];
			}
			if (doc[happened] && ["Open", "Quotation", "Replied"].includes(doc.status)) {
				return [label, "green", `${happened},is,set`];
			}
			return core ? core(doc) : undefined;
		};
	};
	extend("Quotation", "scb_accepted_on", __("Accepted"));
	extend("Opportunity", "scb_won_on", __("Won"));
})();
