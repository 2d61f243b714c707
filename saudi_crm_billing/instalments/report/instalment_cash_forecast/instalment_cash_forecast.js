frappe.query_reports["Instalment Cash Forecast"] = {
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
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{ fieldname: "weeks", label: __("Weeks"), fieldtype: "Int", default: 13 },
		{ fieldname: "late_days", label: __("Everyone Pays Late by Days"), fieldtype: "Int", default: 0 },
		{ fieldname: "lost_percent", label: __("Never Paid (%)"), fieldtype: "Float", default: 0 },
		{ fieldname: "late_customer", label: __("One Customer Pays Later"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "late_customer_days", label: __("This Customer Later by Days"), fieldtype: "Int", default: 30 },
		{ fieldname: "customer_group", label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (data?.bold) return `<b>${shown}</b>`;
		const behind = ["gap", "gap_sum"].includes(column.fieldname) && value < 0;
		return behind || data?.overdue ? `<span class="text-danger">${shown}</span>` : shown;
	},
};
