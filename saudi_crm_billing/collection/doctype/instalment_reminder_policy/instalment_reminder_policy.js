frappe.ui.form.on("Instalment Reminder Policy", {
	onload(frm) {
		if (frm.is_new()) {
			show_first_values(frm);
		}
	},
	refresh(frm) {
		if (frm.is_new()) {
			return;
		}
		frm.add_custom_button(__("What would be sent"), () => ask_date(frm));
		if (frm.doc.enabled && frm.perm[0].write) {
			frm.add_custom_button(__("Send today's reminders now"), () => run_now(frm));
		}
	},
});

async function show_first_values(frm) {
	const { message } = await frappe.call({
		method: "saudi_crm_billing.collection.api.first_values",
		type: "GET",
	});
	const { stages, ...texts } = message;
	if (!(frm.doc.stages || []).length) {
		stages.forEach((step) => frm.add_child("stages", step));
		frm.refresh_field("stages");
	}
	for (const [field, text] of Object.entries(texts)) {
		if (!frm.doc[field]) {
			await frm.set_value(field, text);
		}
	}
}

function ask_date(frm) {
	const field = {
		fieldname: "date",
		fieldtype: "Date",
		label: __("On the day"),
		default: frappe.datetime.get_today(),
		reqd: 1,
	};
	frappe.prompt([field], ({ date }) => preview(frm, date), __("What would be sent"), __("Show"));
}

async function preview(frm, date) {
	const { message } = await frappe.call({
		method: "saudi_crm_billing.collection.api.preview",
		type: "GET",
		args: { company: frm.doc.company, date },
		freeze: true,
	});
	frappe.msgprint({
		title: __("Messages of {0}: {1}", [frappe.datetime.str_to_user(message.date), message.messages.length]),
		message: preview_table(message),
		wide: true,
	});
}

function preview_table({ allowed, messages }) {
	if (!allowed) {
		return __("Nothing is sent on this day: it is a weekend day or a holiday of the policy.");
	}
	if (!messages.length) {
		return __("Nothing is due to be sent on this day.");
	}
	const text = frappe.utils.escape_html;
	const head = [__("Customer"), __("Recipient"), __("Instalments"), __("Total")];
	const rows = messages.map((row) => [
		text(row.customer_name),
		row.problem ? `<span class="text-danger">${text(row.problem)}</span>` : text(row.recipient),
		row.instalments,
		text(row.total),
	]);
	const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
	return `<table class="table table-bordered"><thead>${line(head, "th")}</thead>
		<tbody>${rows.map((cells) => line(cells, "td")).join("")}</tbody></table>`;
}

function run_now(frm) {
	frappe.confirm(__("Send all reminders that are due today?"), async () => {
		const { message } = await frappe.call({
			method: "saudi_crm_billing.collection.api.run_now",
			args: { company: frm.doc.company },
			freeze: true,
		});
		frappe.show_alert({
			message: __("Customers to be messaged: {0}", [message]),
			indicator: message ? "green" : "blue",
		});
	});
}
