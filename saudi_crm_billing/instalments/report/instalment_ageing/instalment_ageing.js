frappe.query_reports["Instalment Ageing"] = {
	filters: [
		scb.reports.company(),
		scb.reports.date("as_on", __("As at")),
		scb.reports.select(
			"view",
			__("Show"),
			[
				["Customers", __("Customers")],
				["Instalments", __("Instalments")],
			],
			"Customers",
		),
		scb.reports.select(
			"late_from",
			__("Late after"),
			[
				["Grace", __("Grace days")],
				["Due Date", __("Due Date")],
			],
			"Grace",
		),
		scb.reports.select("bucket", __("Days Late"), [
			["", __("All")],
			["0", __("Not Late")],
			...["1-30", "31-60", "61-90", "91-120", "121-180", "181-360"].map((value) => [value, value]),
			[">360", __("Over {0}", [360])],
		]),
		scb.reports.customer(),
		...scb.reports.regions(),
		...scb.reports.page_filters(),
	],
	// An amount of a customer leads to its instalments.
	formatter: scb.reports.formatter((shown, value, column, { customer }) => {
		const bucket = /^bucket_(\d)$/.exec(column.fieldname);
		if (!bucket || !value || !customer) return shown;
		const title = frappe.utils.escape_html(__("Show these instalments"));
		return `<a class="scb-drill" title="${title}" data-bucket="${bucket[1]}"
			data-customer="${frappe.utils.escape_html(customer)}">${shown}</a>`;
	}),
	onload(report) {
		const buckets = report.get_filter("bucket").df.options.map(({ value }) => value).slice(1);
		report.page.main.on("click", ".scb-drill", ({ currentTarget: { dataset } }) =>
			report.set_filter_value({ view: "Instalments", customer: dataset.customer, bucket: buckets[dataset.bucket] }),
		);
	},
};
