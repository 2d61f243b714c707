frappe.query_reports["Instalments Due"] = {
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
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			default: frappe.datetime.month_start(),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To Date"),
			fieldtype: "Date",
			default: frappe.datetime.month_end(),
			reqd: 1,
		},
		{
			fieldname: "state",
			label: __("Status"),
			fieldtype: "Select",
			options: [
				{ value: "", label: __("All") },
				{ value: "Open", label: __("Open", null, "Instalment") },
				{ value: "Late", label: __("Late", null, "Instalment") },
				{ value: "Due", label: __("Due", null, "Instalment") },
				{ value: "Not Due", label: __("Not Due", null, "Instalment") },
				{ value: "Paid", label: __("Paid", null, "Instalment") },
				{ value: "Written Off", label: __("Written Off", null, "Instalment") },
			],
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "customer_group", label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
		{ fieldname: "sales_person", label: __("Sales Person"), fieldtype: "Link", options: "Sales Person" },
		{
			fieldname: "period",
			label: __("Chart by"),
			fieldtype: "Select",
			options: [
				{ value: "Week", label: __("Week") },
				{ value: "Month", label: __("Month") },
			],
			default: "Week",
		},
		...scb.reports.page_filters(),
	],
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "number" && data?.number === 0) return __("Down Payment");
		const shown = default_formatter(value, row, column, data);
		const colour = { Late: "red", Due: "orange", Paid: "green", "Written Off": "gray" }[data?.state];
		return column.fieldname === "state_name" && value
			? `<span class="indicator-pill ${colour || "blue"}">${shown}</span>`
			: shown;
	},
};
