// One file for Quotation, Sales Order and Sales Invoice; Frappe loads it once for each of them.
frappe.provide("scb.instalments");

Object.assign(scb.instalments, {
	API: "saudi_crm_billing.instalments.api",
	WISHES: ["scb_plan_template", "scb_instalment_count", "scb_first_due_date", "scb_down_payment"],
	BASE: ["grand_total", "rounded_total", "total_advance", "posting_date", "transaction_date"],
	LOCKED: ["payment_schedule", "payment_terms_template", "due_date"],

	refresh(frm) {
		frm.set_query("scb_plan_template", () => ({
			query: "saudi_crm_billing.instalments.offering.api.templates_query",
			filters: this.sale(frm),
		}));
		this.lock_core_terms(frm);
		this.translate_rows(frm);
		this.show(frm);
	},

	sale(frm) {
		const doc = frm.doc;
		const party = doc.quotation_to === "Customer" ? doc.party_name : null;
		return {
			company: doc.company,
			customer: frm.doctype === "Quotation" ? party : doc.customer,
			date: doc.posting_date || doc.transaction_date,
			total: flt(flt(doc.rounded_total || doc.grand_total) - flt(doc.scb_margin), 2),
		};
	},

	translate_rows(frm) {
		const grid = frm.fields_dict.payment_schedule?.grid;
		grid?.update_docfield_property("description", "formatter", scb.instalment_text.format);
	},

	// Core's client code recomputes schedule and due date by its own rules; the server writes the plan's at save.
	lock_core_terms(frm) {
		const planned = Boolean(frm.doc.scb_plan_template);
		for (const fieldname of this.LOCKED) {
			if (!frm.fields_dict[fieldname]) continue;
			const standard = frappe.meta.get_docfield(frm.doctype, fieldname).read_only;
			frm.set_df_property(fieldname, "read_only", planned ? 1 : standard || 0);
		}
		frm.set_df_property(
			"payment_schedule",
			"description",
			planned ? __("Filled by the instalment plan when you save.") : ""
		);
	},

	// When the document's date changes, core's form empties the rows' dates, and then demands them; the server writes the
	// plan's.
	let_save(frm) {
		if (!frm.doc.scb_plan_template) return;
		for (const row of frm.doc.payment_schedule || []) {
			row.due_date = row.due_date || frm.doc.posting_date || frm.doc.transaction_date;
		}
	},

	template_changed(frm) {
		this.lock_core_terms(frm);
		if (!frm.doc.scb_plan_template) {
			frm.set_value({ scb_instalment_count: 0, scb_first_due_date: null, scb_down_payment: 0 });
		} else if (frm.doc.payment_terms_template) {
			frappe.show_alert({
				message: __("The plan replaces the payment terms {0}.", [
					frappe.utils.escape_html(frm.doc.payment_terms_template).bold(),
				]),
				indicator: "blue",
			});
		}
		this.show_soon(frm);
	},

	show_soon: frappe.utils.debounce(function (frm) {
		scb.instalments.show(frm);
	}, 300),

	show(frm) {
		if (!frm.fields_dict.scb_plan_preview) return;
		if (!frm.doc.scb_plan_template) {
			this.fill(frm, "");
		} else if (frm.doc.docstatus > 0) {
			const args = { doctype: frm.doctype, name: frm.doc.name };
			this.call(frm, "plan_balances", args, scb.instalments.panel.html);
			this.action(frm, __("Print Schedule"), () => this.print("schedule", frm));
		} else {
			this.preview(frm);
		}
	},

	preview(frm) {
		const doc = frm.doc;
		const total = flt(doc.rounded_total || doc.grand_total, 2);
		if (total <= 0) {
			this.fill(frm, this.note(__("Add items: the plan shows as soon as there is a total.")));
			return;
		}
		const args = {
			doctype: frm.doctype,
			template: doc.scb_plan_template,
			total,
			document_date: doc.posting_date || doc.transaction_date || frappe.datetime.get_today(),
			count: doc.scb_instalment_count || 0,
			first_due_date: doc.scb_first_due_date || null,
			down_payment: doc.scb_down_payment || 0,
			advance: doc.total_advance || 0,
			margin: doc.scb_margin || 0,
			...this.origin(frm),
		};
		// VAT is decided on the server, so an unsaved total may still lack it.
		const caution = frm.is_dirty()
			? this.note(__("From the total shown now; VAT and the final plan are computed when you save."))
			: "";
		this.call(frm, "preview", args, (plan) => caution + this.table(frm, plan));
	},

	SOURCE_FIELDS: { "Sales Invoice": "sales_order", "Sales Order": "prevdoc_docname" },

	// Where the plan may have been agreed before: there the template's terms of that day hold.
	origin(frm) {
		const fieldname = this.SOURCE_FIELDS[frm.doctype];
		const names = (frm.doc.items || []).map((row) => row[fieldname]).filter(Boolean);
		return { amended_from: frm.doc.amended_from || null, sources: [...new Set(names)] };
	},

	call(frm, method, args, render) {
		const name = frm.doc.name;
		const asked = (frm.scb_plan_asked = (frm.scb_plan_asked || 0) + 1);
		const current = () => frm.doc.name === name && frm.scb_plan_asked === asked;
		frappe
			.call({ method: `${this.API}.${method}`, args, type: "GET", silent: true })
			.then((r) => current() && this.fill(frm, render(r.message)))
			.catch((r) => current() && this.fill(frm, this.note(this.reason(r), "red")));
	},

	reason(response) {
		try {
			const messages = JSON.parse(response._server_messages || response.responseJSON._server_messages);
			return messages.map((message) => JSON.parse(message).message).join("<br>");
		} catch (error) {
			return __("The plan cannot be shown now. Save the document to see why.");
		}
	},

	fill(frm, html) {
		frm.fields_dict.scb_plan_preview.$wrapper.html(html);
	},

	note(text, colour = "blue") {
		return `<div class="form-message ${colour}" style="text-align: start">${frappe.dom.remove_script_and_style(
			text
		)}</div>`;
	},

	// What a save would write.
	table(frm, plan) {
		if (!plan.rows.length) return "";
		const money = (value) => this.money(value, frm.doc.currency);
		const advances = plan.advance ? [__("Settled by Advances"), __("Payable", null, "Instalment")] : [];
		const cells = (row) => [
			money(row.amount),
			...(plan.advance ? [money(row.advance), money(row.amount - row.advance)] : []),
		];
		const body = plan.rows.map((row) => this.row([...this.lead(row), ...cells(row)], "td")).join("");
		const sum = (fieldname) => plan.rows.reduce((total, row) => total + flt(row[fieldname]), 0);
		const foot = cells({ amount: sum("amount"), advance: sum("advance") });
		const head = [__("No."), __("Due Date"), __("Hijri Date"), __("Amount"), ...advances];
		return `<div class="table-responsive"><table class="table table-bordered table-sm scb-plan" style="text-align: start">
			<thead>${this.row(head, "th")}</thead><tbody>${body}</tbody>
			<tfoot>${this.row([__("Total"), "", "", ...foot], "th")}</tfoot></table></div>`;
	},

	lead(row) {
		return [
			row.number === 0 ? __("Down Payment") : row.number,
			`<bdi>${frappe.datetime.str_to_user(row.due_date)}</bdi>`,
			`<bdi dir="ltr">${frappe.utils.escape_html(row.due_date_hijri)}</bdi>`,
		];
	},

	// Number, dates and text start where the language starts; money stands at the end.
	row(cells, tag) {
		const align = (index) => (index > 2 ? "end" : "start");
		return `<tr>${cells
			.map((cell, index) => `<${tag} style="text-align: ${align(index)}">${cell}</${tag}>`)
			.join("")}</tr>`;
	},

	handlers() {
		const events = { refresh: (frm) => this.refresh(frm), validate: (frm) => this.let_save(frm) };
		for (const fieldname of [...this.WISHES, ...this.BASE]) {
			events[fieldname] = (frm) => this.show_soon(frm);
		}
		events.scb_plan_template = (frm) => this.template_changed(frm);
		return events;
	},
});

// Registered once, whichever of the three forms is opened first.
if (!scb.instalments_ready) {
	scb.instalments_ready = true;
	for (const doctype of ["Quotation", "Sales Order", "Sales Invoice"]) {
		frappe.ui.form.on(doctype, scb.instalments.handlers());
	}
}
