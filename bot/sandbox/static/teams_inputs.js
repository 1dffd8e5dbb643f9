// The inputs of Adaptive Cards, and what is filled in.
import { make, unsupported } from "./dom.js";
import { picked, picker, select, ticks } from "./inputs.js";

const STYLES = { Email: "email", Url: "url", Tel: "tel", Password: "password" };

export function control(one, world, named) {
  const value = one.value ?? "", placeholder = one.placeholder ?? "";
  switch (one.type) {
    case "Input.Text": return make(one.isMultiline ? "textarea" : "input", { ...named, type: one.isMultiline ? undefined : STYLES[one.style] ?? "text", dir: "auto", placeholder, value, maxLength: one.maxLength ?? 4000 });
    case "Input.Number": return make("input", { ...named, type: "number", min: one.min, max: one.max, placeholder, value });
    case "Input.Date": return make("input", { ...named, type: "date", min: one.min, max: one.max, value });
    case "Input.Time": return make("input", { ...named, type: "time", min: one.min, max: one.max, value });
    case "Input.Toggle": return toggle(one, named);
    case "Input.ChoiceSet": return choices(one, world, named, String(value));
    default: return make("div", named, unsupported(one.type));
  }
}

// What is filled in, by input id, as Teams sends it.
export function filledOnTeams(root) {
  const values = {};
  for (const one of root.querySelectorAll("[data-field]")) values[one.dataset.field] = filled(one);
  return values;
}

function filled(one) {
  switch (one.dataset.kind) {
    case "Input.ChoiceSet.many": return picked(one).join(",");
    case "Input.Toggle": return picked(one)[0] ?? one.dataset.off;
    case "Input.ChoiceSet": return one.matches("select") ? one.value : picked(one)[0] ?? "";
    default: return one.value;
  }
}

function toggle({ title, value, valueOn = "true", valueOff = "false" }, named) {
  const made = ticks("checkbox", [{ value: valueOn, label: title }], value === valueOn ? [valueOn] : [], named);
  made.dataset.off = valueOff;
  return made;
}

function choices(one, world, named, value) {
  const options = (one.choices ?? []).map((choice) => ({ value: choice.value, label: choice.title }));
  if (one["choices.data"]?.dataset?.startsWith("graph.microsoft.com/users")) return people(one, world, named, value);
  if (one.isMultiSelect) return ticks("checkbox", options, value.split(","), named);
  return one.style === "expanded" ? ticks("radio", options, [value], named) : select(options, value, named, one.placeholder);
}

function people({ isMultiSelect: several }, world, named, value) {
  const directory = Object.values(world.people).map((one) => ({ id: one.directory_id, name: one.name }));
  if (several) return picker(directory, value.split(","), named);
  return select(directory.map(({ id, name }) => ({ value: id, label: name })), value, named, "Choose…");
}
