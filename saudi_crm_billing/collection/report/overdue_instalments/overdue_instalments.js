frappe.query_reports["Overdue Instalments"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{
			fieldname: "as_on",
			label: __("Overdue on"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
	],
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "number" && data && data.number === 0) {
			return __("Down payment");
		}
		if (column.fieldname === "reminder_state" && value) {
			return __(value, null, "Instalment Reminder");
		}
		const shown = default_formatter(value, row, column, data);
		const late = column.fieldname === "days_past_due" && data && data.days_past_due > 30;
		return late ? `<span class="text-danger">${shown}</span>` : shown;
	},
};
