frappe.query_reports["Instalment Portfolio"] = {
	filters: [
		scb.reports.company(),
		scb.reports.date("as_on", __("As at")),
		scb.reports.select(
			"view",
			__("Show"),
			[
				["Vintages", __("Months of Sale")],
				["Rolls", __("Roll Rates of the Month")],
			],
			"Vintages",
		),
		{ fieldname: "months", label: __("Months"), fieldtype: "Int", default: 12 },
		...scb.reports.regions(),
	],
	formatter: scb.reports.formatter(),
};
