// One of the two columns: who one is there, the conversations, what is said, and the line to write in.
import { make } from "./dom.js";
import { completing } from "./complete.js";

const KINDS = { public_channel: "#", private_channel: "🔒", im: "✉", mpim: "✉", channel: "#", groupChat: "👥", personal: "✉" };

// `platform`: its name, hint, renderer, mentions and reading of forms. `act`, `become`: what the page does.
export class Side {
  constructor(key, platform, { act, become }) {
    this.key = key;
    this.platform = platform;
    this.act = act;
    this.element = document.getElementById("side").content.firstElementChild.cloneNode(true);
    this.element.id = key;
    this.element.setAttribute("aria-label", platform.title);
    this.find("h2").textContent = platform.title;
    this.read = new Map();
    this.find(".me").addEventListener("change", (event) => become(key, event.target.value));
    this.prepareCompose();
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.do({ do: "close" }); });
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  get dialog() {
    return this.find("dialog");
  }

  get place() {
    return this.state.places.find((place) => place.id === this.chosen) ?? this.state.places.find((place) => place.id === this.state.home) ?? this.state.places[0];
  }

  do(deed) {
    return this.act({ side: this.key, who: this.state.me, place: this.place?.id, ...deed });
  }

  prepareCompose() {
    const form = this.find(".compose"), line = form.elements.text;
    line.placeholder = this.platform.hint;
    completing(line, this.find(".names"), (typed) => this.platform.names(this.state, typed));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = line.value.trim();
      if (text && await this.do({ do: "say", text })) line.value = "";
    });
    this.find(".shortcut").addEventListener("click", () => this.do({ do: "shortcut" }));
  }

  show(state, cast, now) {
    this.state = state;
    this.began ??= new Date(now);
    this.showCast(cast);
    this.showPlaces();
    this.showMessages();
    this.showForm();
  }

  // Draws a part only when it has changed, so that focus and what is half typed stay.
  changed(part, ...facts) {
    const now = JSON.stringify(facts);
    if (this[`_${part}`] === now) return false;
    this[`_${part}`] = now;
    return true;
  }

  showCast(cast) {
    if (!this.changed("cast", this.state.me)) return;
    const here = cast.filter((one) => one[this.key]);
    this.find(".me").replaceChildren(...here.map((one) => make("option", { value: one[this.key], selected: one[this.key] === this.state.me }, one.name)));
  }

  showPlaces() {
    const news = this.state.places.map((place) => this.isNews(place));
    if (!this.changed("places", this.state.places.map(({ messages, ...place }) => place), news, this.place?.id)) return;
    this.find(".places").replaceChildren(...this.state.places.map((place, n) => this.placeButton(place, news[n])));
    this.find(".place").replaceChildren(...this.heading(this.place));
  }

  placeButton(place, isNews) {
    const here = place.id === this.place.id;
    return make("button", { type: "button", "aria-current": here ? "true" : undefined, className: isNews ? "news" : "", onclick: () => this.go(place) },
      make("span", { "aria-hidden": "true" }, `${KINDS[place.kind] ?? ""} `), make("bdi", {}, place.name),
      isNews ? make("span", { className: "dot" }, make("span", { className: "unseen" }, " (new)")) : null);
  }

  heading(place) {
    const notes = [place.archived && "archived", !place.app && "Plaudit is not in here"].filter(Boolean);
    return [make("bdi", {}, place.name), ...notes.map((note) => make("span", { className: "note" }, note))];
  }

  go(place) {
    this.chosen = place.id;
    this.showMessages();
    this.showPlaces();
    this.find(".compose").elements.text.focus();
  }

  // Something that came while this page was open, and that this person has not looked at.
  isNews(place) {
    const newest = place.messages.at(-1);
    const isFresh = newest && newest.author !== this.state.me && new Date(newest.at) > this.began;
    return Boolean(isFresh) && place.id !== this.place.id && newest.id !== this.read.get(`${this.state.me} ${place.id}`);
  }

  showMessages() {
    const place = this.place, list = this.find(".messages");
    this.read.set(`${this.state.me} ${place.id}`, place.messages.at(-1)?.id);
    if (!this.changed("messages", place, this.state.me)) return;
    const moved = this.shownPlace !== `${this.state.me} ${place.id}`;
    const atEnd = moved || list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    this.shownPlace = `${this.state.me} ${place.id}`;
    list.replaceChildren(...place.messages.map((one) => this.message(one)));
    if (!place.messages.length) list.append(make("li", { className: "empty" }, "Nothing was said here yet."));
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  message(one) {
    const mine = this.state.people[one.author], app = this.platform.isApp(one, this.state);
    const name = app ? "Plaudit" : (mine?.name ?? "somebody");
    const renderer = this.platform.renderer(this.state, (...pressed) => this.do({ do: "press", message: one.id, ...this.platform.pressed(...pressed) }));
    return make("li", { className: one.private ? "private" : "" },
      make("span", { className: app ? "face app" : `face f${hash(name) % 8}`, "aria-hidden": "true" }, [...name][0]),
      make("div", { className: "said" },
        make("p", { className: "who" }, make("bdi", {}, name), app || mine?.bot ? make("span", { className: "tag" }, "APP") : null,
          make("time", { dateTime: one.at, title: new Date(one.at).toString() }, when(one.at)), one.edited ? make("span", { className: "small" }, "edited") : null),
        one.private ? make("p", { className: "only" }, "Only you can see this") : null,
        make("div", { className: "body" }, renderer.message(one))),
      one.private ? null : make("button", { type: "button", className: "about", onclick: () => this.do({ do: "about", message: one.id }), "aria-label": `Give kudos for this message of ${name}` }, "Give kudos for this"));
  }

  showForm() {
    const { form } = this.state;
    if (!this.changed("form", form)) return;
    if (!form) return this.dialog.close();
    const renderer = this.platform.renderer(this.state, (...pressed) => this.do({ do: "press", form: true, ...this.platform.pressed(...pressed) }));
    const words = this.platform.formWords(form), titleId = `${this.key}-form-title`;
    const element = make("form", { noValidate: true, onsubmit: (event) => { event.preventDefault(); this.do({ do: "submit", values: this.platform.filled(element) }); } },
      make("p", { className: "as" }, this.platform.title, " · as ", make("bdi", {}, this.state.people[this.state.me].name)),
      make("h2", { id: titleId }, words.title), renderer.form(form),
      make("div", { className: "actions" }, words.submit ? make("button", { className: "primary" }, words.submit) : null,
        make("button", { type: "button", onclick: () => this.do({ do: "close" }) }, words.close)));
    this.dialog.setAttribute("aria-labelledby", titleId);
    this.dialog.replaceChildren(element);
    if (!this.dialog.open) this.dialog.showModal();
    (element.querySelector("[aria-invalid]") ?? element.querySelector("input, textarea, select"))?.focus();
    return undefined;
  }
}

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);

function when(iso) {
  return new Date(iso).toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
}
