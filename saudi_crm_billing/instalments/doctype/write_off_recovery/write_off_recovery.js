frappe.ui.form.on("Write-Off Recovery", {
	setup(frm) {
		frm.set_query("write_off", () => ({
			filters: { docstatus: 1, status: ["in", ["Written Off", "Partly Recovered"]] },
		}));
		frm.set_query("paid_to", () => ({
			filters: {
				is_group: 0,
				account_type: ["in", ["Bank", "Cash"]],
				...(frm.doc.company ? { company: frm.doc.company } : {}),
			},
		}));
	},
});
