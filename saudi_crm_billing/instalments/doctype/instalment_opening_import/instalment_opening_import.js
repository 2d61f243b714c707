// Instalment Opening Import: template, check, preview of the first plans, import and its undoing.

(() => {
	const API = "saudi_crm_billing.instalments.importing.api";

	const call = async (frm, method, message) => {
		await frappe.call({ method: `${API}.${method}`, args: { name: frm.doc.name }, freeze: true });
		if (message) frappe.show_alert({ message, indicator: "blue" });
		await frm.reload_doc();
	};

	const ask = (frm, question, method, message) =>
		frappe.confirm(question, () => call(frm, method, message));

	const buttons = (frm) => {
		frm.add_custom_button(__("Download Template"), () =>
			window.open(`/api/method/${API}.download_template`)
		);
		if (frm.is_new() || frm.is_dirty()) return;
		const { file, status, plan_count, imported_count, owed } = frm.doc;
		const check = () => call(frm, "check");
		if (file && ["Draft", "Failed"].includes(status)) frm.page.set_primary_action(__("Check the File"), check);
		if (status === "Checked") {
			frm.add_custom_button(__("Check the File"), check);
			const amount = format_currency(owed, frappe.boot.sysdefaults.currency);
			const question = __("Post {0} opening invoices that owe {1} in all?", [plan_count, amount]);
			frm.page.set_primary_action(__("Import"), () =>
				ask(frm, question, "start", __("The import runs in the background."))
			);
		}
		if (imported_count && ["Imported", "Failed"].includes(status)) {
			const question = __("Cancel the {0} invoices of this import?", [imported_count]);
			frm.add_custom_button(__("Undo the Import"), () => ask(frm, question, "undo"));
			frm.add_custom_button(__("Invoices"), () =>
				frappe.set_route("List", "Sales Invoice", { scb_opening_import: frm.doc.name })
			);
		}
	};

	const intro = (frm) => {
		const { status, error_count, failure, failure_ar } = frm.doc;
		const arabic = frappe.boot.lang.startsWith("ar");
		if (failure) return frm.set_intro(frappe.utils.escape_html(arabic ? failure_ar : failure), "red");
		if (status === "Draft" && error_count) {
			const text = __("The file has {0} errors. Open the error file, mend them and attach it anew.", [
				error_count,
			]);
			return frm.set_intro(text, "red");
		}
		if (status === "Checked") frm.set_intro(__("All rows are right. Nothing is posted yet."), "green");
	};

	const cell = (text, end) => `<td class="${end ? "text-right" : ""}">${text}</td>`;

	const plan_table = (plan) => {
		const text = frappe.utils.escape_html;
		const money = (value) => `<bdi dir="ltr">${format_number(value, null, 2)}</bdi>`;
		const rows = plan.rows.map(
			(row) =>
				`<tr>${cell(row.number)}${cell(`<bdi dir="ltr">${row.due_date}</bdi>`)}${cell(
					`<bdi dir="ltr">${row.due_date_hijri}</bdi>`
				)}${cell(money(row.amount), 1)}${cell(money(row.paid), 1)}${cell(money(row.owed), 1)}</tr>`
		);
		const heads = [
			__("Number"),
			__("Due Date"),
			__("Hijri Due Date"),
			__("Amount"),
			__("Paid", null, "Instalment"),
			__("Still Owed"),
		];
		return `<h6 class="mt-4">${text(plan.invoice)} · ${text(plan.customer)} · <bdi dir="ltr">${
			plan.posting_date
		}</bdi> · ${money(plan.total)} ${text(plan.currency)}</h6>
			<table class="table table-bordered table-sm"><thead><tr>${heads
				.map((head, index) => `<th class="${index > 2 ? "text-right" : ""}">${head}</th>`)
				.join("")}</tr></thead><tbody>${rows.join("")}
			<tr class="font-weight-bold"><td colspan="3">${__("Total")}</td>${cell(money(plan.total), 1)}${cell(
				money(plan.paid),
				1
			)}${cell(money(plan.owed), 1)}</tr></tbody></table>`;
	};

	const preview = (frm) => {
		const plans = JSON.parse(frm.doc.preview || "[]");
		const more = (frm.doc.plan_count || 0) - plans.length;
		const rest = more > 0 ? `<p class="text-muted">${__("and {0} more plans", [more])}</p>` : "";
		frm.get_field("preview_html").$wrapper.html(plans.map(plan_table).join("") + rest);
	};

	// While the job is at work the form shows how far it is, told by the server or by asking.
	const follow = (frm) => {
		const { status, imported_count, plan_count } = frm.doc;
		const label = { Importing: __("Importing"), Undoing: __("Undoing") }[status];
		if (label && imported_count) {
			const shown = `${imported_count} / ${plan_count}`;
			frm.dashboard.show_progress(label, (100 * imported_count) / plan_count, shown);
		}
		scb.watch(frm, {
			event: "scb_opening_import",
			fields: ["status", "imported_count"],
			waiting: (doc) => ["Importing", "Undoing"].includes(doc.status),
		});
	};

	frappe.ui.form.on("Instalment Opening Import", {
		setup(frm) {
			const ledgers = (more) => () => ({ filters: { company: frm.doc.company, is_group: 0, ...more } });
			frm.set_query("opening_account", ledgers({ report_type: "Balance Sheet" }));
			frm.set_query("debit_to", ledgers({ account_type: "Receivable" }));
		},
		refresh(frm) {
			buttons(frm);
			intro(frm);
			preview(frm);
			follow(frm);
		},
	});
})();
