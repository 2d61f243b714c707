// ZATCA Unit: its next step, the wizard of onboarding and renewal, the next environment, and the connection check.

(() => {
	const API = "saudi_crm_billing.e_invoicing.api";
	const UNIT_API = "saudi_crm_billing.e_invoicing.devices.unit_api";
	const ENVIRONMENTS = ["Sandbox", "Simulation", "Production"];
	const REQUEST_FIELDS = [
		"common_name",
		"organisation",
		"vat_number",
		"organisation_unit",
		"industry",
		"serial_number",
		"short_address",
		"invoice_types",
	];
	const POLL_MS = 1000;
	const COLOURS = { Draft: "gray", Compliance: "orange", Active: "green", Expired: "red", Retired: "gray" };

	// What the company's record has fills what is empty, or what another company's record filled before.
	const propose = async (frm) => {
		if (!frm.is_new() || !frm.doc.company) return;
		const { message: found } = await frappe.call({
			method: `${API}.propose_unit`,
			args: { company: frm.doc.company },
			type: "GET",
		});
		const before = frm.scb_proposed || {};
		frm.scb_proposed = found;
		for (const field of ["organisation", "vat_number", "short_address"]) {
			if (!frm.doc[field] || frm.doc[field] === before[field]) {
				await frm.set_value(field, found[field] || "");
			}
		}
	};

	const onboard = async (frm) => {
		if (frm.doc.status !== "Draft") return ask_otp(frm);
		const { message: lacks } = await frappe.call({
			method: `${API}.check_readiness`,
			args: { unit: frm.doc.name },
			type: "GET",
			freeze: true,
		});
		const of_form = lacks.filter((lack) => lack.field);
		show_field_errors(frm, Object.fromEntries(of_form.map((lack) => [lack.field, lack.text])));
		return lacks.length ? show_lacks(frm, lacks) : ask_otp(frm);
	};

	const show_lacks = (frm, lacks) => {
		const text = frappe.utils.escape_html;
		const row = (lack) => `<tr>
			<td>${text(lack.text)}</td>
			<td><a class="btn btn-xs btn-default text-nowrap" target="_blank"
				href="${frappe.utils.get_form_link(lack.doctype, lack.name)}">${__("Open {0}", [__(lack.doctype)])}</a></td>
		</tr>`;
		const dialog = new frappe.ui.Dialog({
			title: __("Before {0} Is Onboarded", [frm.doc.name]),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "lacks" }],
			primary_action_label: __("Check Again"),
			primary_action() {
				dialog.hide();
				onboard(frm);
			},
		});
		dialog.fields_dict.lacks.$wrapper.html(`<div class="scb-lacks">
			<p>${__("Mend this first. The one-time password is asked for when nothing is missing any more.")}</p>
			<table class="table table-bordered"><tbody>${lacks.map(row).join("")}</tbody></table>
		</div>`);
		dialog.show();
	};

	// What ZATCA would refuse in the certificate request stands beside the field it is in.
	const show_field_errors = (frm, errors) => {
		for (const field of REQUEST_FIELDS) {
			const $field = frm.fields_dict[field].$wrapper;
			$field.find(".scb-field-error").remove();
			$field.toggleClass("has-error", Boolean(errors[field]));
			if (errors[field]) {
				$("<p class='scb-field-error text-danger small'></p>").text(errors[field]).appendTo($field);
			}
		}
	};

	const check_request = async (frm) => {
		if (!["Draft", undefined].includes(frm.doc.status)) return;
		const values = Object.fromEntries(["title", ...REQUEST_FIELDS].map((field) => [field, frm.doc[field]]));
		const { message: errors } = await frappe.call({
			method: `${UNIT_API}.check_request`,
			args: { values: JSON.stringify(values) },
			type: "GET",
		});
		// An empty field is marked as mandatory already.
		show_field_errors(frm, Object.fromEntries(Object.entries(errors).filter(([field]) => frm.doc[field])));
	};
	const check_soon = frappe.utils.debounce(check_request, 300);

	const GO_ON = () => __("Leave empty to go on with the compliance certificate that this unit has already.");

	const STEP_COLOURS = { waiting: "gray", doing: "blue", done: "green", failed: "red" };

	const step_row = (step, number) => {
		const text = frappe.utils.escape_html;
		const of = step.total ? ` (${step.done}/${step.total})` : "";
		const said = {
			waiting: __("To do"),
			doing: __("Under way"),
			done: __("Done", null, "Step"),
			failed: __("Stopped"),
		}[step.state];
		const note = step.note ? `<div class="text-danger small">${text(step.note).replaceAll("\n", "<br>")}</div>` : "";
		return `<li class="scb-step mb-2" data-step="${step.name}" data-state="${step.state}">
			<span class="text-muted">${number + 1}.</span> ${text(step.label)}${of}
			<span class="indicator-pill ${STEP_COLOURS[step.state]} ml-2">${said}</span>${note}</li>`;
	};

	// Certificate request, one-time password, documents, certificate: one dialog that shows how far it has come. What was
	// reached stays on the server, so that it may be closed and opened again.
	const wizard = (frm, { title, action, method, needs_password, description, done }) => {
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [
				{ fieldtype: "HTML", fieldname: "steps" },
				{
					fieldtype: "Data",
					fieldname: "otp",
					label: __("One-Time Password (OTP)"),
					reqd: needs_password ? 1 : 0,
					description,
				},
			],
			primary_action_label: action,
			primary_action: ({ otp }) => go(otp),
		});
		const show = async () => {
			const { message: steps } = await frappe.call({
				method: `${UNIT_API}.onboarding_steps`,
				args: { unit: frm.doc.name },
				type: "GET",
			});
			dialog.fields_dict.steps.$wrapper.html(
				`<ol class="list-unstyled scb-steps">${steps.map(step_row).join("")}</ol>`,
			);
			if (steps.some((step) => step.name === "certificate" && step.state === "done")) {
				dialog.set_df_property("otp", "reqd", 0);
				dialog.set_df_property("otp", "description", GO_ON());
			}
		};
		const go = async (otp) => {
			dialog.disable_primary_action();
			dialog.set_df_property("otp", "hidden", 1);
			// Where there is no socket, asking again tells how far it has come.
			const watch = setInterval(show, POLL_MS);
			let said;
			try {
				({ message: said } = await frappe.call({ method, args: { unit: frm.doc.name, password: otp } }));
			} finally {
				clearInterval(watch);
				dialog.set_value("otp", "");
				dialog.set_df_property("otp", "hidden", 0);
				dialog.enable_primary_action();
				await show();
				if (!said) frm.reload_doc();
			}
			setTimeout(() => dialog.hide(), POLL_MS);
			done(said);
		};
		frappe.realtime.off("scb_zatca_onboarding");
		frappe.realtime.on("scb_zatca_onboarding", () => dialog.display && show());
		dialog.onhide = () => frappe.realtime.off("scb_zatca_onboarding");
		show();
		dialog.show();
	};

	const ask_otp = (frm) => {
		const going_on = frm.doc.status === "Compliance";
		wizard(frm, {
			title: __("Onboard {0}", [frm.doc.name]),
			action: __("Onboard"),
			method: `${API}.onboard_unit`,
			needs_password: !going_on,
			description: going_on
				? GO_ON()
				: __("From the Fatoora portal: Onboard New Solution Unit. It is valid for one hour."),
			done() {
				frappe.show_alert({ message: __("{0} issues e-invoices now.", [frm.doc.name]), indicator: "green" });
				frm.reload_doc();
			},
		});
	};

	const renew = (frm) => {
		wizard(frm, {
			title: __("Renew the Certificate of {0}", [frm.doc.name]),
			action: __("Renew"),
			method: `${UNIT_API}.renew_unit`,
			needs_password: false,
			description: __(
				"From the Fatoora portal: Renew Existing Cryptographic Stamp Identifier. Leave empty to go on with a renewal that stopped half way.",
			),
			done({ unit }) {
				frappe.show_alert({ message: __("{0} issues e-invoices now.", [unit]), indicator: "green" });
				frappe.set_route("Form", frm.doctype, unit);
			},
		});
	};

	const move = (frm) => {
		const later = ENVIRONMENTS.slice(ENVIRONMENTS.indexOf(frm.doc.environment) + 1);
		frappe.prompt(
			[
				{
					fieldname: "environment",
					fieldtype: "Select",
					label: __("Environment"),
					options: later.map((value) => ({ value, label: __(value, null, frm.doctype) })),
					default: later[0],
					reqd: 1,
					description: __(
						"A new unit with a key and a certificate of its own is drafted. This one goes on until the new one is onboarded, then it is retired and its keys are deleted.",
					),
				},
			],
			async ({ environment }) => {
				const said = await run(frm, "move_unit", { environment }, __("Drafting the unit"), UNIT_API);
				if (said) frappe.set_route("Form", frm.doctype, said.unit);
			},
			__("Move {0}", [frm.doc.name]),
			__("Draft the Unit"),
		);
	};

	const run = async (frm, method, args, message, api = API) => {
		try {
			const { message: said } = await frappe.call({
				method: `${api}.${method}`,
				args: { unit: frm.doc.name, ...args },
				freeze: true,
				freeze_message: message,
			});
			return said;
		} finally {
			frm.reload_doc();
		}
	};

	const check = async (frm) => {
		const said = await run(frm, "check_unit", {}, __("Asking ZATCA"));
		if (!said) return;
		frappe.msgprint({
			title: said.ok ? __("ZATCA lets this unit in") : __("ZATCA does not let this unit in"),
			indicator: said.ok ? "green" : "red",
			message: frappe.utils.escape_html(said.message || "").replaceAll("\n", "<br>"),
		});
	};

	const retire = (frm) => {
		const bound_to = frm.doc.pos_profile || frm.doc.branch;
		const wider = __(
			"{0} will issue no more documents; those of {1} then come from the next wider unit of {2}, if it has one. This cannot be undone. Retire it?",
			[frm.doc.name, bound_to, frm.doc.company],
		);
		const none = __(
			"{0} will issue no more documents, and {1} no e-invoices until another unit is made and onboarded. This cannot be undone. Retire it?",
			[frm.doc.name, frm.doc.company],
		);
		frappe.confirm(bound_to ? wider : none, () => run(frm, "retire_unit", {}, __("Retiring")));
	};

	frappe.ui.form.on("ZATCA Unit", {
		onload: propose,
		company: propose,
		validate: check_request,
		...Object.fromEntries(REQUEST_FIELDS.map((field) => [field, check_soon])),
		refresh(frm) {
			// Core translates a choice without its doctype, and has other words for "Active" and "Production".
			for (const fieldname of ["status", "environment"]) {
				frm.set_df_property(fieldname, "formatter", (choice) => __(choice, null, frm.doctype));
			}
			if (frm.is_new()) return;
			const { status } = frm.doc;
			frm.page.set_indicator(__(status, null, frm.doctype), COLOURS[status]);
			const step = frm.doc.__onload?.next_step;
			frm.set_intro(""); // a first save refreshes twice
			const colour = frm.doc.__onload?.ends_soon ? "orange" : "blue";
			if (step) frm.set_intro(step, frm.doc.needs_attention ? "red" : colour);
			if (["Draft", "Compliance"].includes(status)) {
				frm.add_custom_button(__("Onboard"), () => onboard(frm)).addClass("btn-primary");
			}
			if (["Active", "Expired"].includes(status)) {
				const $renew = frm.add_custom_button(__("Renew"), () => renew(frm));
				if (frm.doc.__onload?.ends_soon) $renew.addClass("btn-primary");
				if (frm.doc.environment !== "Production") {
					frm.add_custom_button(__("Move to the Next Environment"), () => move(frm), __("Actions"));
				}
			}
			if (status !== "Draft") frm.add_custom_button(__("Check Connection"), () => check(frm));
			if (status !== "Retired") frm.add_custom_button(__("Retire"), () => retire(frm), __("Actions"));
			frappe.realtime.off("scb_zatca_unit");
			frappe.realtime.on("scb_zatca_unit", ({ unit }) => {
				if (unit === frm.doc.name && !frm.is_dirty()) frm.reload_doc();
			});
		},
	});
})();
