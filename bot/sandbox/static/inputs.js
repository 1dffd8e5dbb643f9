// What inputs of both platforms have in common: a label, a hint or an error, and lists to tick.
import { make, newId, unseen } from "./dom.js";
import { face } from "./faces.js";

const MANY = 7;

// `draw(named)` makes the control and gives it what is in `named`. A hint and an error are read with it.
export function field({ label, hint, optional, why, name, kind }, draw) {
  const id = newId("field");
  const control = draw({ id, "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-more` });
  control.dataset.field = name;
  control.dataset.kind = kind;
  if (why) control.setAttribute("aria-invalid", "true");
  return make("div", { className: why ? "field wrong" : "field" },
    make("label", { htmlFor: id, id: `${id}-label` }, label, optional ? make("span", { className: "small" }, " (optional)") : null),
    control,
    make("p", { className: why ? "error" : "small", id: `${id}-more` }, why ?? hint ?? ""));
}

// One of some, or several of them. `options`: [{value, label, more}].
export function ticks(type, options, chosen, attributes) {
  const name = newId("tick");
  const boxes = options.map(({ value, label, more }) => make("label", { className: "tick" },
    make("input", { type, name, value, checked: chosen.includes(value) }), make("span", {}, label, more ? make("span", { className: "small more" }, more) : null)));
  return make("div", { className: "ticks", role: type === "radio" ? "radiogroup" : "group", ...attributes }, boxes);
}

// Several of many: those chosen come first, and typing sifts. `people`: [{id, name, app}], or things without a face.
export function picker(people, chosen, attributes) {
  const rows = [...people].sort((one, other) => chosen.includes(other.id) - chosen.includes(one.id)).map((one) => row(one, chosen));
  const boxes = make("div", { className: "boxes" }, rows), count = make("span", { className: "count" });
  const sift = make("input", { type: "search", className: "sift", placeholder: "Type a name", ariaLabel: "Find in the list", autocomplete: "off", hidden: people.length <= MANY });
  const told = () => { const n = picked(boxes).length; count.textContent = n ? `${n} chosen` : ""; };
  sift.addEventListener("input", () => sifted(rows, sift.value));
  sift.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); rows.find((one) => !one.hidden)?.click(); } });
  boxes.addEventListener("change", told);
  told();
  return make("div", { className: "picker", role: "group", ...attributes }, make("div", { className: "sifting" }, sift, count), boxes);
}

function row({ id, name, app, faceless }, chosen) {
  return make("label", { className: "tick" }, make("input", { type: "checkbox", value: id, checked: chosen.includes(id) }), faceless ? null : face(name, { app, size: "tiny" }), make("bdi", {}, name), app ? unseen(" (app)") : null);
}

function sifted(rows, typed) {
  const sought = typed.toLowerCase().trim();
  for (const one of rows) one.hidden = !one.textContent.toLowerCase().includes(sought);
}

export const picked = (element) => [...element.querySelectorAll("input:checked")].map((box) => box.value);

export const select = (options, chosen, attributes, empty) => make("select", attributes,
  empty === undefined ? null : make("option", { value: "" }, empty),
  options.map(({ value, label }) => make("option", { value, selected: value === chosen }, label)));
