frappe.query_reports["Instalment Ageing"] = {
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
			fieldname: "as_on",
			label: __("As at"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "view",
			label: __("Show"),
			fieldtype: "Select",
			options: [
				{ value: "Customers", label: __("Customers") },
				{ value: "Instalments", label: __("Instalments") },
			],
			default: "Customers",
		},
		{
			fieldname: "late_from",
			label: __("Late after"),
			fieldtype: "Select",
			options: [
				{ value: "Grace", label: __("Grace days") },
				{ value: "Due Date", label: __("Due Date") },
			],
			default: "Grace",
		},
		{
			fieldname: "bucket",
			label: __("Days Late"),
			fieldtype: "Select",
			options: [
				{ value: "", label: __("All") },
				{ value: "0", label: __("Not Late") },
				...["1-30", "31-60", "61-90", "91-120", "121-180", "181-360"].map((value) => ({ value, label: value })),
				{ value: ">360", label: __("Over {0}", [360]) },
			],
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "customer_group", label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
		...scb.reports.page_filters(),
	],
	// An amount of a customer leads to its instalments.
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname === "number" && data?.number === 0) return __("Down Payment");
		const shown = default_formatter(value, row, column, data);
		const bucket = /^bucket_(\d)$/.exec(column.fieldname);
		if (!bucket || !value || !data?.customer) return shown;
		const title = frappe.utils.escape_html(__("Show these instalments"));
		return `<a class="scb-drill" title="${title}" data-bucket="${bucket[1]}"
			data-customer="${frappe.utils.escape_html(data.customer)}">${shown}</a>`;
	},
	onload(report) {
		const buckets = report.get_filter("bucket").df.options.map(({ value }) => value).slice(1);
		report.page.main.on("click", ".scb-drill", ({ currentTarget: { dataset } }) =>
			report.set_filter_value({ view: "Instalments", customer: dataset.customer, bucket: buckets[dataset.bucket] }),
		);
	},
};
