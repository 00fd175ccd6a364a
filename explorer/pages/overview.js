// The organisation on one day: the map, who is what, and what changed before and after.

import { fill, h } from "../dom.js";
import { L, say } from "../labels.js";
import { day, disputed, evidence, link } from "../parts.js";

const DAY = 864e5;
const number = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY;
const iso = (n) => new Date(n * DAY).toISOString().slice(0, 10);

// What held on a day: the state of affairs since the last change. Null outside the days that the data cover, and for a 31 February, which Date takes for March.
export function heldOn(days, on) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(on) || Number.isNaN(number(on)) || iso(number(on)) !== on || on < days.first_day || on > days.last_day) return null;
  return days.changes.findLast((change) => change.day <= on)?.held ?? [];
}

const counts = (days, held) => Object.entries(days.statuses).map(([status, label]) => [status, label, held.filter((s) => s.status === status)]).filter(([, , states]) => states.length);

const byName = (days, states) => [...states].sort((a, b) => days.names[a.iso3].localeCompare(days.names[b.iso3]));

const inWords = (days, held) => counts(days, held).map(([status, , states]) => `${states.length} ${L.statuses[status][states.length === 1 ? 0 : 1]}`).join(", ") || L.nobody;

const SIZE = 54;

// A tile a state, roughly where it lies: no borders, and so none of the disputes about them.
function map(days, held, on) {
  const status = new Map(held.map((s) => [s.iso3, s.status]));
  const width = Math.max(...days.tiles.map(([, column]) => column)) + 1;
  const height = Math.max(...days.tiles.map(([, , row]) => row)) + 1;
  return h("svg", { viewBox: `0 0 ${width * SIZE} ${height * SIZE}`, role: "img", class: "map", "aria-label": say(L.map_alt, { day: day(on), what: inWords(days, held) }) },
    days.tiles.map(([iso3, column, row]) => {
      const held = status.get(iso3) ?? "none";
      return h("g", { class: `tile ${held}`, onclick: () => { location.hash = link.state(iso3); } },
        h("title", {}, `${days.names[iso3]}: ${days.statuses[held] ?? L.no_status}`),
        h("rect", { x: column * SIZE + 2, y: row * SIZE + 2, width: SIZE - 4, height: SIZE - 4, rx: 4 }),
        h("text", { x: column * SIZE + SIZE / 2, y: row * SIZE + SIZE / 2 - 1 }, iso3),
        h("text", { x: column * SIZE + SIZE / 2, y: row * SIZE + SIZE / 2 + 15, class: "letter" }, days.letters[held]));
    }));
}

const legend = (days, held) => h("ul", { class: "legend" }, counts(days, held).map(([status, label, states]) =>
  h("li", {}, h("span", { class: `key ${status}` }, days.letters[status]), `${label}: ${states.length}`)),
  held.length < days.tiles.length ? h("li", {}, h("span", { class: "key none" }, ""), L.no_status_that_day) : null);

const lists = (days, held) => h("div", { class: "lists" }, counts(days, held).map(([status, label, states]) =>
  h("section", {}, h("h3", {}, `${label} (${states.length})`),
    h("ul", {}, byName(days, states).map((s) => h("li", {}, h("a", { href: link.state(s.iso3) }, days.names[s.iso3]), " ", h("span", { class: "since" }, say(L.since, { day: day(s.since, s.since_precision) })), " ",
      evidence("statuses", s.status_id, "start_date", `${days.names[s.iso3]}, ${label}`), s.contested ? [" ", disputed(s)] : null,
      s.legal_status ? h("span", { class: "note" }, ` ${say(L.legally, { status: days.statuses[s.legal_status] })}`) : null))))));

// What one change did: who became what, and who was what before.
function told(days, change, before) {
  const was = new Map((before?.held ?? []).map((s) => [s.iso3, s]));
  const now = new Map(change.held.map((s) => [s.iso3, s]));
  const lines = byName(days, [...now.values()].filter((s) => was.get(s.iso3)?.status_id !== s.status_id))
    .map((s) => h("li", {}, h("a", { href: link.state(s.iso3) }, days.names[s.iso3]), `: ${days.statuses[was.get(s.iso3)?.status] ?? L.no_status} → ${days.statuses[s.status]} `, evidence("statuses", s.status_id, "start_date", days.names[s.iso3])));
  lines.push(...[...was.values()].filter((s) => !now.has(s.iso3)).map((s) => h("li", {}, h("a", { href: link.state(s.iso3) }, days.names[s.iso3]), `: ${days.statuses[s.status]} → ${L.no_status} `, evidence("statuses", s.status_id, "end_date", days.names[s.iso3]))));
  return h("ul", {}, lines);
}

// A change of which only the month is known is told by its month.
const precisionOf = (change) => { const said = new Set(change.held.filter((s) => s.since === change.day).map((s) => s.since_precision)); return said.size === 1 ? [...said][0] : "day"; };

function changes(days, on) {
  const at = days.changes.findLastIndex((c) => c.day <= on);
  const part = (title, i, empty) => h("section", {}, h("h2", {}, title),
    days.changes[i] ? [h("p", {}, h("a", { href: `#/on/${days.changes[i].day}` }, day(days.changes[i].day, precisionOf(days.changes[i])))), told(days, days.changes[i], days.changes[i - 1])] : h("p", {}, empty));
  return h("div", { class: "lists" }, part(L.last_change, at, L.no_change_before), part(L.next_change, at + 1, say(L.no_change_after, { day: day(days.last_day) })));
}

function asOf(days, on) {
  const held = heldOn(days, on);
  if (!held) return [h("p", { role: "alert", class: "problem" }, say(L.out_of_coverage, { first: day(days.first_day), last: day(days.last_day), asked: on || "?" }))];
  return [
    h("div", { class: "beside" }, h("figure", {}, map(days, held, on), legend(days, held), h("figcaption", { class: "note" }, L.map_note)), changes(days, on)),
    h("h2", {}, L.who_was_what), held.some((s) => s.legal_status) ? h("p", { class: "note" }, L.legally_note) : null, lists(days, held),
  ];
}

// Apart from the rest, so that it is heard when it changes.
const summary = (days, on) => { const held = heldOn(days, on); return held ? [h("strong", {}, day(on)), ": ", inWords(days, held), "."] : []; };

// The page; `on` is any text that stands in the address.
export function overview(days, on) {
  const shown = heldOn(days, on) ? on : days.last_day;
  const show = (root, next) => {
    const asked = root.closest("main");
    // Digits of a year that is still being typed.
    if (!next || next < "1000") return;
    fill(asked.querySelector("#summary"), summary(days, next));
    fill(asked.querySelector("#as-of"), asOf(days, next));
    history.replaceState(null, "", `#/on/${next}`);
    if (heldOn(days, next)) {
      asked.querySelector("#day").value = next;
      asked.querySelector("#slider").value = number(next);
      asked.querySelector("#slider").setAttribute("aria-valuetext", day(next));
    }
  };
  const step = (event, way) => {
    const now = iso(Number(event.target.closest("main").querySelector("#slider").value));
    const next = way < 0 ? days.changes.findLast((c) => c.day < now) : days.changes.find((c) => c.day > now);
    if (next) show(event.target, next.day);
  };
  return h("div", {},
    h("h1", { tabindex: "-1" }, L.overview_title),
    h("p", { class: "lead" }, say(L.overview_lead, { first: day(days.first_day), last: day(days.last_day) })),
    h("ul", { class: "questions", "aria-label": L.start_here }, L.questions.map(([text, to]) => h("li", {}, h("a", { href: to }, text)))),
    h("form", { class: "when", onsubmit: (event) => event.preventDefault() },
      h("label", {}, L.day, " ", h("input", { type: "date", id: "day", value: shown, min: days.first_day, max: days.last_day, onchange: (event) => show(event.target, event.target.value) })),
      h("button", { type: "button", onclick: (event) => step(event, -1) }, L.change_before),
      h("button", { type: "button", onclick: (event) => step(event, 1) }, L.change_after),
      h("input", { type: "range", id: "slider", "aria-label": L.slider, "aria-valuetext": day(shown), min: number(days.first_day), max: number(days.last_day), value: number(shown), oninput: (event) => show(event.target, iso(Number(event.target.value))) })),
    h("p", { class: "summary", id: "summary", "aria-live": "polite" }, summary(days, on)),
    h("div", { id: "as-of" }, asOf(days, on)));
}
