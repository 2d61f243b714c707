// A form that shows what a background job is about to change: it reloads when the server tells, and because telling
// needs a socket server, it asks too while it waits.

frappe.provide("scb");

(() => {
	const MILLISECONDS = { first: 3000, first_when_told: 10000, longest: 30000, all: 20 * 60 * 1000 };

	const is_shown = (frm, name) => cur_frm === frm && frm.doc.name === name && !document.hidden;

	const is_behind = async (frm, fields) => {
		const { message: now } = await frappe.call({
			method: "frappe.client.get_value",
			type: "GET",
			args: { doctype: frm.doctype, filters: { name: frm.doc.name }, fieldname: fields },
			silent: true,
			error: () => {}, // the next try asks again
		});
		return fields.some((field) => (now[field] || "") !== (frm.doc[field] || ""));
	};

	// The answer to a submit is made before the commit, and so lacks what is written with it.
	scb.is_fresh = (doc) =>
		doc.docstatus === 1 && frappe.datetime.get_minute_diff(frappe.datetime.now_datetime(), doc.modified) < 10;

	// `event` names the change in realtime, `fields` are what jobs write, `waiting(doc)` whether they still will.
	scb.watch = (frm, { event, fields, waiting }) => {
		const { name } = frm.doc;
		const end = Date.now() + MILLISECONDS.all;
		const timers = (frm.scb_timers = frm.scb_timers || {});
		const reload = () => is_shown(frm, name) && !frm.is_dirty() && frm.reload_doc();

		const ask = async (wait) => {
			if (frm.doc.name !== name || !waiting(frm.doc) || Date.now() > end) return;
			const behind = is_shown(frm, name) && (await is_behind(frm, fields).catch(() => false));
			if (!behind || !reload()) ask_later(Math.min(wait * 1.5, MILLISECONDS.longest));
		};
		const ask_later = (wait) => {
			clearTimeout(timers[event]);
			timers[event] = setTimeout(ask, wait, wait);
		};

		frappe.realtime.off(event);
		frappe.realtime.on(event, (change) => change.name === name && reload());
		clearTimeout(timers[event]);
		if (!frm.is_new() && waiting(frm.doc)) {
			const told = frappe.realtime.socket?.connected;
			ask_later(told ? MILLISECONDS.first_when_told : MILLISECONDS.first);
		}
	};
})();
