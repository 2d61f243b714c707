// On every page of the Desk.
frappe.provide("scb.e_invoicing");
frappe.provide("scb.instalments");

// One group of buttons on a form for all that is done about instalments; `label` is translated, `run` is called on a press.
scb.instalments.action = (frm, label, run) => frm.add_custom_button(label, run, __("Instalments"));

// The states of an e-invoice, in whatever form, list or mirror they are shown.
scb.e_invoicing.COLOURS = {
	Pending: "orange",
	Sending: "blue",
	"Waiting for Configuration": "red",
	Cleared: "green",
	Reported: "green",
	Rejected: "red",
};

scb.e_invoicing.OPEN = ["Pending", "Sending", "Waiting for Configuration"];

// Label and colour of a ZATCA Document: its state, and what is to be known beyond it.
scb.e_invoicing.shown = ({ state, has_warnings, answer_unknown }) => {
	const name = __(state, null, "ZATCA Document");
	if (answer_unknown && state === "Waiting for Configuration") return [__("{0}, Answer Unknown", [name]), "orange"];
	if (answer_unknown && scb.e_invoicing.OPEN.includes(state)) return [__("Unknown: no answer yet"), "orange"];
	if (has_warnings) return [__("{0} with Warnings", [name]), "yellow"];
	return [name, scb.e_invoicing.COLOURS[state] || "gray"];
};

scb.e_invoicing.pill = (state, marks = {}) => {
	const [label, colour] = scb.e_invoicing.shown({ ...marks, state });
	return `<span class="indicator-pill ${colour} no-indicator-dot ellipsis"><span class="ellipsis">${label}</span></span>`;
};

// A new e-invoice in the place of a rejected one; `then` is called with its name.
scb.e_invoicing.issue_again = (document, then) =>
	frappe.confirm(
		__(
			"The invoice gets a new e-invoice with the customer, addresses and company as they are now. The rejected one keeps its place. Issue it?",
		),
		async () => {
			const { message: said } = await frappe.call({
				method: "saudi_crm_billing.e_invoicing.api.issue_again",
				args: { document },
				freeze: true,
			});
			then(said.document);
		},
	);

// What names an instalment is shown in the reader's language. Stored texts stay as they are: core finds the rows of a
// schedule by the term's name, and the description is in the document's language.
scb.instalment_text = {
	NAME: /^Instalment (\d{3,})( \(down payment\))?$/,
	DESCRIPTION: /^(?:Instalment (\d+)|القسط (\d+)|Down payment|الدفعة المقدمة) \((\d{4}-\d\d-\d\d) (?:AH|هـ)\)$/,

	translated(text) {
		const name = this.NAME.exec(text || "");
		if (name) return Number(name[1]) ? __("Instalment {0}", [Number(name[1])]) : __("Down Payment");
		const row = this.DESCRIPTION.exec(text || "");
		if (!row) return text;
		const number = row[1] || row[2];
		return number ? __("Instalment {0} ({1} AH)", [number, row[3]]) : __("Down payment ({0} AH)", [row[3]]);
	},

	format(value, df, options, doc) {
		const translated = scb.instalment_text.translated(value);
		return frappe.form.get_formatter(df.fieldtype)(translated, df, options, doc);
	},
};

// Also in reports: Accounts Receivable puts the row's description under Payment Term.
frappe.form.link_formatters["Payment Term"] = (value) => scb.instalment_text.translated(value);

// Core translates the name of a doctype only for those who may read doctypes, which sales staff may not.
frappe.form.link_formatters.DocType = (value) => __(value);

// Core notes a change of status in the language of whoever changed it; the story's timelines show the reader's.
const TOLD_BY_STATUS = ["Lead", "Opportunity", "Quotation", "Sales Order", "Sales Invoice", "Payment Entry"];
$(document).on("form-refresh", (_event, frm) => {
	if (!TOLD_BY_STATUS.includes(frm.doctype)) return;
	const labels = (frm.get_docinfo()?.info_logs || []).filter((log) => log.comment_type === "Label");
	const foreign = labels.filter((log) => __(log.content) !== log.content);
	for (const log of foreign) log.content = __(log.content);
	if (foreign.length) frm.timeline?.refresh();
});
