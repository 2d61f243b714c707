frappe.query_reports["Instalment Balances as at"] = {
	filters: [
		scb.reports.company(),
		scb.reports.date("day", __("As at")),
		scb.reports.customer(),
		{ fieldname: "only_differences", label: __("Only Differences"), fieldtype: "Check" },
		...scb.reports.page_filters(),
	],
	formatter: scb.reports.formatter(),
};
