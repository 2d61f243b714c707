frappe.query_reports["Instalment Cash Forecast"] = {
	filters: [
		scb.reports.company(),
		scb.reports.date("from_date", __("From Date")),
		{ fieldname: "weeks", label: __("Weeks"), fieldtype: "Int", default: 13 },
		{ fieldname: "late_days", label: __("Everyone Pays Late by Days"), fieldtype: "Int", default: 0 },
		{ fieldname: "lost_percent", label: __("Never Paid (%)"), fieldtype: "Float", default: 0 },
		{ fieldname: "late_customer", label: __("One Customer Pays Later"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "late_customer_days", label: __("This Customer Later by Days"), fieldtype: "Int", default: 30 },
		...scb.reports.regions(),
	],
	formatter: scb.reports.formatter((shown, value, column, { overdue, bold }) => {
		const behind = ["gap", "gap_sum"].includes(column.fieldname) && value < 0;
		return !bold && (behind || overdue) ? `<span class="text-danger">${shown}</span>` : shown;
	}),
};
