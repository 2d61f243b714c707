frappe.query_reports["Customer Statement of Instalments"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer", reqd: 1 },
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			default: frappe.datetime.year_start(),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "view",
			label: __("Show"),
			fieldtype: "Select",
			options: [
				{ value: "Movements", label: __("Movements and Balance") },
				{ value: "Instalments", label: __("Instalments") },
			],
			default: "Movements",
		},
		{ fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "number" && data?.number === 0) return __("Down Payment");
		const shown = default_formatter(value, row, column, data);
		if (data?.bold) return `<b>${shown}</b>`;
		return column.fieldname === "state_name" && data?.state === "Late"
			? `<span class="indicator-pill red">${shown}</span>`
			: shown;
	},
};
