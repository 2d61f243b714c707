frappe.query_reports["E-Invoice Chain Audit"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
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
