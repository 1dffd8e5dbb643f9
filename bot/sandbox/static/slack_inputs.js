// The inputs of Slack's modals, and what is filled in.
import { make, unsupported } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { picked, picker, select, ticks } from "./inputs.js";

const TYPED = { plain_text_input: "text", email_text_input: "email", url_text_input: "url" };

// `held`: what Slack keeps for this element; in a message nothing, and the element says what it begins with.
export function control(element, held, world, named) {
  const { type } = element, empty = element.placeholder?.text ?? "Choose…";
  switch (type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
      return make(element.multiline ? "textarea" : "input", { ...named, type: element.multiline ? undefined : TYPED[type], dir: "auto", placeholder: element.placeholder?.text ?? "", value: held.value ?? "", maxLength: element.max_length ?? 3000 });
    case "number_input":
      return make("input", { ...named, type: "number", step: element.is_decimal_allowed ? "any" : "1", min: element.min_value, max: element.max_value, value: held.value ?? "" });
    case "datepicker": return make("input", { ...named, type: "date", value: held.selected_date ?? element.initial_date ?? "" });
    case "timepicker": return make("input", { ...named, type: "time", value: held.selected_time ?? element.initial_time ?? "" });
    case "datetimepicker": return make("input", { ...named, type: "datetime-local", value: toLocal(held.selected_date_time ?? element.initial_date_time) });
    case "static_select": return select(options(element), one(held.selected_option ?? element.initial_option), named, empty);
    case "radio_buttons": return ticks("radio", options(element), [one(held.selected_option ?? element.initial_option)], named);
    case "checkboxes": return ticks("checkbox", options(element), many(held.selected_options ?? element.initial_options), named);
    case "multi_static_select": return picker(options(element).map(({ value, label }) => ({ id: value, name: label, faceless: true })), many(held.selected_options ?? element.initial_options), named);
    case "users_select": return select(people(world).map(({ id, name }) => ({ value: id, label: name })), held.selected_user ?? element.initial_user, named, empty);
    case "multi_users_select": return picker(people(world), held.selected_users ?? element.initial_users ?? [], named);
    case "channels_select": return select(places(world, ["public_channel"]), held.selected_channel ?? element.initial_channel, named, empty);
    case "conversations_select": return select(places(world), held.selected_conversation ?? element.initial_conversation, named, empty);
    default: return make("div", named, unsupported(type));
  }
}

// What is filled in, by action id, as `SlackClient.submit` takes it.
export function filledOnSlack(form) {
  const values = {};
  for (const one of form.querySelectorAll("[data-field]")) values[one.dataset.field] = asControl(one);
  return values;
}

export function asControl(element) {
  switch (element.dataset.kind) {
    case "multi_users_select":
    case "multi_static_select":
    case "checkboxes": return picked(element);
    case "radio_buttons": return picked(element)[0] ?? null;
    case "datetimepicker": return element.value ? Math.floor(new Date(element.value).getTime() / 1000) : null;
    default: return element.value === "" ? null : element.value;
  }
}

const one = (option) => option?.value;
const many = (chosen) => (chosen ?? []).map(one);

function options(element) {
  const all = element.options ?? element.option_groups.flatMap((group) => group.options);
  return all.map(({ value, text, description }) => ({ value, label: withEmoji(text.text), more: description?.text }));
}

function people(world) {
  const here = Object.entries(world.people).filter(([, person]) => !person.gone);
  return here.map(([id, person]) => ({ id, name: person.name, app: person.bot }));
}

function places(world, kinds = ["public_channel", "private_channel"]) {
  return world.places.filter((place) => kinds.includes(place.kind) && !place.archived).map((place) => ({ value: place.id, label: `#${place.name}` }));
}

function toLocal(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
