frappe.query_reports["E-Invoice Chain Audit"] = {
	filters: [
		scb.reports.company(),
		{
			fieldname: "unit",
			label: __("ZATCA Unit"),
			fieldtype: "Link",
			options: "ZATCA Unit",
			get_query: () => ({ filters: { company: frappe.query_report.get_filter_value("company") } }),
		},
		{ fieldname: "from_icv", label: __("From Counter Value (ICV)"), fieldtype: "Int" },
	],
};
