// What the filters and cells of several reports share.
frappe.provide("scb.reports");

scb.reports.company = () => ({
	fieldname: "company",
	label: __("Company"),
	fieldtype: "Link",
	options: "Company",
	default: frappe.defaults.get_user_default("Company"),
	reqd: 1,
});

scb.reports.date = (fieldname, label, day = frappe.datetime.get_today()) => ({
	fieldname,
	label,
	fieldtype: "Date",
	default: day,
	reqd: 1,
});

// `choices` are pairs of a value and its label.
scb.reports.select = (fieldname, label, choices, chosen) => ({
	fieldname,
	label,
	fieldtype: "Select",
	options: choices.map(([value, shown]) => ({ value, label: shown })),
	default: chosen,
});

scb.reports.customer = () => ({ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" });

scb.reports.regions = () => [
	{ fieldname: "customer_group", label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
	{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
];

// For reports whose rows are too many for a browser: the server sends a page of them.
scb.reports.page_filters = () => [
	{
		fieldname: "page_size",
		label: __("Rows on a Page"),
		fieldtype: "Select",
		options: ["100", "500", "1000", "5000"],
		default: "500",
	},
	{ fieldname: "page", label: __("Page"), fieldtype: "Int", default: 1 },
];

// Beside an Arabic currency sign the minus of an amount would stand behind its digits.
scb.reports.signed = (shown, value, { fieldtype }) =>
	fieldtype === "Currency" && value < 0
		? shown.replace(/[^<>]*-[\d.,]+[^<>]*/, (amount) => {
				const number = amount.replace(/-[\d.,]+/, (digits) => `<bdi dir="ltr">${digits}</bdi>`);
				return `<bdi>${number}</bdi>`;
			})
		: shown;

// A formatter: instalment 0 is the down payment, and sums are bold. `dress(shown, value, column, data)` is for the rest.
scb.reports.formatter = (dress = (shown) => shown) => (value, row, column, data, default_formatter) => {
	if (column.fieldname === "number" && data?.number === 0) return __("Down Payment");
	const plain = scb.reports.signed(default_formatter(value, row, column, data), value, column);
	const shown = dress(plain, value, column, data || {});
	return data?.bold ? `<b>${shown}</b>` : shown;
};
