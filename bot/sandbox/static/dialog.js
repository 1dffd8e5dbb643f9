// The form that somebody has before them: a modal of Slack, a dialog of Teams.
import { make } from "./dom.js";

export class FormDialog {
  // `act`: what the person does with it.
  constructor(key, platform, act) {
    this.key = key;
    this.platform = platform;
    this.act = act;
    this.element = make("dialog", { className: `form ${key}` });
    this.element.addEventListener("cancel", (event) => { event.preventDefault(); this.act({ do: "close" }); });
    document.body.append(this.element);
  }

  // Drawn anew only when it has changed, so that what is half typed stays.
  show(state) {
    const facts = JSON.stringify([state.form, state.me]);
    if (this.shown === facts) return;
    this.shown = facts;
    if (!state.form) return this.element.close();
    this.element.replaceChildren(this.draw(state));
    if (!this.element.open) this.element.showModal();
    const first = this.element.querySelector("[aria-invalid]") ?? this.element.querySelector(".body :is(input, textarea, select)");
    (first?.matches("input, textarea, select") ? first : first?.querySelector("input"))?.focus();
    return undefined;
  }

  draw(state) {
    const { form, people, me } = state, words = this.platform.formWords(form), titleId = `${this.key}-form-title`;
    const renderer = this.platform.renderer(state, (...pressed) => this.act({ do: "press", form: true, ...this.platform.pressed(...pressed) }));
    const element = make("form", { noValidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(element); } },
      make("header", {}, make("img", { src: "/sandbox/static/icon.svg", alt: "", width: 28, height: 28 }),
        make("div", {}, make("h2", { id: titleId }, words.title), make("p", { className: "small" }, this.platform.title, " · as ", make("bdi", {}, people[me].name))),
        make("button", { type: "button", className: "close", ariaLabel: "Close", onclick: () => this.act({ do: "close" }) }, "✕")),
      make("div", { className: "body" }, renderer.form(form)),
      make("footer", {}, make("button", { type: "button", onclick: () => this.act({ do: "close" }) }, words.close),
        words.submit ? make("button", { className: "primary" }, words.submit) : null));
    this.element.setAttribute("aria-labelledby", titleId);
    return element;
  }

  async submit(element) {
    const button = element.querySelector("footer .primary");
    button.disabled = true;
    await this.act({ do: "submit", values: this.platform.filled(element) });
    button.disabled = false;
  }
}
