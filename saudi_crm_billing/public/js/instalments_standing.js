// On every page of the Desk: how instalments and plans are shown, and what is done about them.
frappe.provide("scb.instalments");

// Each state has a shape and a word beside its colour (css/instalments.css), so that none is told by colour alone.
scb.instalments.STATES = {
	Paid: { shape: "✓", tone: "good" },
	"Written Off": { shape: "■", tone: "calm" },
	"Partly Paid": { shape: "◐", tone: "info" },
	"Not due yet": { shape: "○", tone: "calm" },
	Due: { shape: "◆", tone: "due" },
	Late: { shape: "▲", tone: "late" },
	Planned: { shape: "–", tone: "calm" },
	Cancelled: { shape: "✕", tone: "calm" },
};

scb.instalments.pill = (state, days_late = 0) => {
	const { shape, tone } = scb.instalments.STATES[state];
	const label = days_late ? __("Late {0} days", [days_late]) : state === "Written Off" ? __(state, null, "Instalment") : __(state);
	return scb.instalments.tag(shape, label, tone);
};

scb.instalments.tag = (shape, label, tone) =>
	`<span class="scb-state scb-${tone}"><span aria-hidden="true">${shape}</span> ${frappe.utils.escape_html(label)}</span>`;

scb.instalments.money = (value, currency) => `<bdi>${format_currency(value, currency)}</bdi>`;

// The legal date is the Gregorian one; the Hijri stands beside it.
scb.instalments.day = (date, hijri) =>
	`<bdi>${frappe.datetime.str_to_user(date)}</bdi>` +
	(hijri ? ` <small class="text-muted"><bdi dir="ltr">${frappe.utils.escape_html(hijri)}</bdi> ${__("AH")}</small>` : "");

// When the next one is due, in words.
scb.instalments.when = ({ in_days, days_late }) => {
	if (days_late) return scb.instalments.pill("Late", days_late);
	if (in_days < 0) return scb.instalments.tag("◆", __("Within the grace days"), "due");
	if (in_days === 0) return scb.instalments.tag("◆", __("Due today"), "due");
	return scb.instalments.tag("○", __("Due in {0} days", [in_days]), "calm");
};

// How much of a total is paid, written off, credited and left, as a bar and in words.
scb.instalments.progress = ({ total, paid, written_off, credited, outstanding, currency }) => {
	const percent = (part) => (total ? Math.round((100 * flt(part)) / total) : 0);
	const parts = [
		["paid", __("Paid", null, "Instalment"), paid],
		...(flt(written_off) ? [["gone", __("Written Off", null, "Instalment"), written_off]] : []),
		["credited", __("Credited"), credited],
		["left", __("Outstanding"), outstanding],
	];
	const said = parts.map(([, label, part]) => `${label} ${percent(part)} %`).join(", ");
	const bar = parts.map(([name, , part]) => `<span class="scb-bar-${name}" style="width: ${total ? (100 * flt(part)) / total : 0}%"></span>`);
	const legend = parts.map(
		([name, label, part]) =>
			`<span class="scb-legend-part"><i class="scb-key scb-bar-${name}"></i>${label}
			${scb.instalments.money(part, currency)} <small class="text-muted"><bdi>${percent(part)}%</bdi></small></span>`,
	);
	return `<div class="scb-bar" role="img" aria-label="${frappe.utils.escape_html(said)}">${bar.join("")}</div>
		<div class="scb-legend">${legend.join("")}</div>`;
};

// Prints: a PDF in the language that is asked for.
scb.instalments.print = (wanted, frm) =>
	scb.instalments.ask_language(__("Print"), [], ({ language }) =>
		scb.instalments.fetch_print("download", { wanted, doctype: frm.doctype, name: frm.doc.name, language }),
	);

scb.instalments.print_statement = (customer) => {
	const today = frappe.datetime.get_today();
	const fields = [
		{
			fieldname: "company",
			fieldtype: "Link",
			options: "Company",
			label: __("Company"),
			reqd: 1,
			default: frappe.defaults.get_user_default("Company"),
		},
		{ fieldname: "from_date", fieldtype: "Date", label: __("From Date"), reqd: 1, default: `${today.slice(0, 4)}-01-01` },
		{ fieldname: "to_date", fieldtype: "Date", label: __("To Date"), reqd: 1, default: today },
		{
			fieldname: "currency",
			fieldtype: "Link",
			options: "Currency",
			label: __("Currency"),
			description: __("Empty: the company's. A statement is in one currency."),
		},
	];
	scb.instalments.ask_language(__("Statement of Instalments"), fields, (values) =>
		scb.instalments.fetch_print("download_statement", { customer, ...values }),
	);
};

scb.instalments.ask_language = (title, fields, then) => {
	const languages = [
		{ value: "ar", label: __("Arabic") },
		{ value: "en", label: __("English") },
	];
	const language = { fieldname: "language", fieldtype: "Select", label: __("Language"), options: languages, default: "ar", reqd: 1 };
	frappe.prompt([...fields, language], then, title, __("Make the PDF"));
};

scb.instalments.fetch_print = (call, values) =>
	scb.pdf.fetch(`saudi_crm_billing.instalments.prints.api.${call}?${$.param(values)}`, {}, __("This cannot be printed"));

// Of a live plan: days until the next one is due, and days late after the grace.
scb.instalments.plan_days = (plan) => {
	const until_due = frappe.datetime.get_day_diff(plan.next_due_date, frappe.datetime.get_today());
	return { until_due, late: -until_due - cint(plan.grace_days) };
};

// Beside a name, where there is little room; nothing where nothing is to be done.
scb.instalments.plan_mark = (plan) => {
	const { until_due, late } = scb.instalments.plan_days(plan);
	if (late > 0) return scb.instalments.tag("▲", __("{0} d", [late]), "late");
	return until_due < 7 ? scb.instalments.tag("◆", __("Due"), "due") : "";
};

// A live plan in a list: late by how many days, due this week, or on time. Each says in words what its colour says.
scb.instalments.plan_indicator = (plan, filter) => {
	const { until_due, late } = scb.instalments.plan_days(plan);
	if (late > 0) return [`▲ ${__("Late {0} d", [late])}`, "red", filter];
	if (until_due <= 0) return [`◆ ${__("Due")}`, "orange", filter];
	if (until_due < 7) return [`◆ ${__("Due This Week")}`, "yellow", filter];
	return [`○ ${__("On Time")}`, "blue", filter];
};

// Filters over the rows of instalments (or of a payment schedule, which knows no grace days).
scb.instalments.late_filters = (rows) => [
	[rows, rows === "Instalment" ? "grace_until" : "due_date", "<", frappe.datetime.get_today()],
	[rows, "outstanding", ">", 0],
];

scb.instalments.due_filters = (rows) => {
	const today = frappe.datetime.get_today();
	return [
		[rows, "due_date", "between", [today, frappe.datetime.add_days(today, 6)]],
		[rows, "outstanding", ">", 0],
	];
};

// A button over a list that puts its filters in the place of those that are set.
scb.instalments.filter_button = (listview, label, filters, group) =>
	listview.page.add_inner_button(
		label,
		async () => {
			await listview.filter_area.clear(false);
			await listview.filter_area.add(filters());
		},
		group,
	);
