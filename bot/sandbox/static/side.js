// One of the two columns: who one is there, the conversations, what is said, and the line to write in.
import { completing } from "./complete.js";
import { FormDialog } from "./dialog.js";
import { make, unseen } from "./dom.js";
import { face } from "./faces.js";
import { homeTab, messageList } from "./messages.js";
import { keepingFocus } from "./toolbar.js";

const SIGNS = { home: "🏠", public_channel: "#", private_channel: "🔒", channel: "#", groupChat: "👥" };
const NEAR = 60;

// `platform`: what differs. `act`, `become`: what the page does.
export class Side {
  constructor(key, platform, { act, become }) {
    this.key = key;
    this.platform = platform;
    this.act = act;
    this.element = document.getElementById("side").content.firstElementChild.cloneNode(true);
    this.element.id = key;
    this.element.classList.add(key);
    this.element.setAttribute("aria-label", platform.title);
    this.find("h2").textContent = platform.title;
    this.read = new Map();
    this.dialog = new FormDialog(key, platform, (deed) => this.do(deed));
    this.find(".me").addEventListener("change", (event) => become(key, event.target.value));
    this.prepareCompose();
    this.prepareMessages();
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  get line() {
    return this.find(".compose").elements.text;
  }

  get place() {
    const { places, home } = this.state;
    return places.find((place) => place.id === this.chosen) ?? places.find((place) => place.id === home) ?? places[0];
  }

  do(deed) {
    return this.act({ side: this.key, who: this.state.me, place: this.place?.id, ...deed });
  }

  prepareCompose() {
    const form = this.find(".compose"), { line } = this;
    completing(line, this.find(".offers"), (before) => this.platform.completes(this.state, before));
    line.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = line.value.trim();
      if (text && await this.do({ do: "say", text })) line.value = "";
    });
    this.find(".shortcut").addEventListener("click", () => this.do({ do: "shortcut" }));
    this.find(".hint").addEventListener("click", () => { line.value = this.platform.hint; line.focus(); });
    this.find(".hint bdi").textContent = this.platform.hint;
  }

  // For what somebody else sees: until then nothing is pressed that is still the former person's.
  waits() {
    this.element.setAttribute("aria-busy", "true");
  }

  show(state, cast, now) {
    this.state = state;
    this.element.setAttribute("aria-busy", "false");
    this.began ??= new Date(now);
    this.showCast(cast);
    this.showPlaces();
    this.showMessages(now);
    this.dialog.show(state);
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
    this.find(".whoami").replaceChildren(face(this.state.people[this.state.me].name, { size: "small-face" }));
  }

  showPlaces() {
    const { places } = this.state, news = places.map((place) => this.isNews(place)), held = this.find(".places :focus")?.dataset.place;
    if (!this.changed("places", places.map(({ messages, ...place }) => place), news, this.place.id)) return;
    const group = ([title, kinds]) => [make("h4", {}, title), ...places.map((place, n) => (kinds.includes(place.kind) ? this.placeButton(place, news[n]) : null))];
    this.find(".places").replaceChildren(make("p", { className: "org" }, this.state.name), ...this.platform.groups.flatMap(group).filter(Boolean));
    this.find(".place").replaceChildren(...this.heading(this.place));
    this.line.placeholder = this.platform.line(this.place);
    if (held) this.find(`.places [data-place="${CSS.escape(held)}"]`)?.focus();
  }

  placeButton(place, isNews) {
    const here = place.id === this.place.id;
    return make("button", { type: "button", "aria-current": here ? "true" : undefined, className: isNews ? "news" : "", "data-place": place.id, onclick: () => this.go(place) },
      this.sign(place), make("bdi", {}, place.name), isNews ? make("span", { className: "dot" }, unseen(" (new)")) : null);
  }

  sign(place) {
    if (SIGNS[place.kind]) return make("span", { className: "sign", ariaHidden: "true" }, SIGNS[place.kind]);
    return face(place.name, { app: place.name === "Plaudit", size: "tiny" });
  }

  heading(place) {
    const notes = [place.archived && "archived", !place.app && "Plaudit is not in here"].filter(Boolean);
    return [this.sign(place), make("bdi", {}, place.name), ...notes.map((note) => make("span", { className: "note" }, note))];
  }

  go(place) {
    this.chosen = place.id;
    this.homeOf = "";
    this.showMessages(this.now);
    this.showPlaces();
    (place.kind === "home" ? this.find(".messages") : this.line).focus({ preventScroll: true });
  }

  // Something that came while this page was open, and that this person has not looked at.
  isNews(place) {
    const newest = place.messages.at(-1);
    const isFresh = newest && newest.author !== this.state.me && new Date(newest.at) > this.began;
    return Boolean(isFresh) && place.id !== this.place.id && newest.id !== this.read.get(`${this.state.me} ${place.id}`);
  }

  showMessages(now) {
    const { place } = this, list = this.find(".messages"), shown = `${this.state.me} ${place.id}`;
    this.now = now;
    this.read.set(shown, place.messages.at(-1)?.id);
    const isHome = place.kind === "home";
    if (isHome) this.openHome();
    if (!this.changed("messages", place, this.state.me)) return;
    if (this.shownPlace !== shown) this.atEnd = true;
    this.shownPlace = shown;
    list.dataset.kind = place.kind;
    const drawn = (isHome ? homeTab : messageList)(place, { ...this, now, do: (deed) => this.do(deed) });
    keepingFocus(list, () => list.replaceChildren(...drawn));
    this.find(".compose").hidden = isHome;
    if (isHome) this.atEnd = false;
    else this.follow();
  }

  // Slack tells the app that somebody came to its Home tab; the page begins at its top.
  openHome() {
    if (this.homeOf === this.state.me) return;
    this.homeOf = this.state.me;
    this.find(".messages").scrollTop = 0;
    this.do({ do: "home" });
  }

  // Whoever reads the latest sees what comes, also when the column gets another size.
  prepareMessages() {
    const list = this.find(".messages");
    const size = () => `${list.clientWidth} ${list.clientHeight}`;
    let sized = size();
    list.addEventListener("scroll", () => {
      // A browser that keeps the topmost message in its place tells of that too; nobody has scrolled then.
      if (sized === size()) this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    }, { passive: true });
    new ResizeObserver(() => { sized = size(); this.follow(); }).observe(list);
  }

  follow() {
    const list = this.find(".messages");
    if (this.atEnd) list.scrollTop = list.scrollHeight;
  }
}
