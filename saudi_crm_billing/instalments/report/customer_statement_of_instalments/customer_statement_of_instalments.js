frappe.query_reports["Customer Statement of Instalments"] = {
	filters: [
		scb.reports.company(),
		{ ...scb.reports.customer(), reqd: 1 },
		scb.reports.date("from_date", __("From Date"), frappe.datetime.year_start()),
		scb.reports.date("to_date", __("To Date")),
		scb.reports.select(
			"view",
			__("Show"),
			[
				["Movements", __("Movements and Balance")],
				["Instalments", __("Instalments")],
			],
			"Movements",
		),
		{ fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
	formatter: scb.reports.formatter((shown, value, column, { state }) =>
		column.fieldname === "state_name" && state === "Late" ? `<span class="indicator-pill red">${shown}</span>` : shown,
	),
};
