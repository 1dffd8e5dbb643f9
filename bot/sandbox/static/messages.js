// What is said in a conversation: by day, by whom, and what one can do with it.
import { make } from "./dom.js";
import { face } from "./faces.js";
import { day, dayKey, hour, inFull } from "./times.js";
import { toolbar } from "./toolbar.js";

const CHATS = ["im", "personal"];
const TOGETHER_MS = 5 * 60 * 1000;

// `side`: its state, platform, the time, and `do`.
export function messageList({ messages, name, kind }, side) {
  if (!messages.length) return [make("li", { className: "empty" }, make("span", { className: "big", ariaHidden: "true" }, "👋"), make("span", {}, CHATS.includes(kind) ? "Nothing was said yet between you and " : "This is the very beginning of ", make("bdi", {}, name), "."))];
  return messages.flatMap((one, n) => {
    const before = messages[n - 1], isNewDay = !before || dayKey(before.at) !== dayKey(one.at);
    const entry = message(one, side, !isNewDay && goOn(before, one));
    return isNewDay ? [make("li", { className: "day" }, make("span", {}, day(one.at, side.now))), entry] : [entry];
  });
}

// The app's own page on Slack, which stands among the conversations.
export function homeTab({ blocks }, side) {
  const press = (...pressed) => side.do({ do: "press", home: true, ...side.platform.pressed(...pressed) });
  const shown = blocks.length ? side.platform.renderer(side.state, press).message({ text: "", blocks }) : [make("p", { className: "small" }, "One moment …")];
  return [make("li", { className: "home-tab" }, make("div", { className: "said" }, make("div", { className: "body" }, shown)))];
}

// Whether somebody goes on where they stopped, soon after and for the same eyes. Each card stands for itself.
function goOn(before, one) {
  const isCard = one.card || one.blocks?.length || before.card || before.blocks?.length;
  return !isCard && before.author === one.author && before.private === one.private && new Date(one.at) - new Date(before.at) < TOGETHER_MS;
}

function message(one, side, goesOn) {
  const { state, platform } = side, author = state.people[one.author], app = platform.isApp(one, state);
  const name = app ? "Plaudit" : (author?.name ?? "somebody");
  const renderer = platform.renderer(state, (...pressed) => side.do({ do: "press", message: one.id, ...platform.pressed(...pressed) }));
  const looks = [one.private && "private", goesOn && "goes-on", one.author === state.me && "mine", app && "by-app"];
  return make("li", { className: looks.filter(Boolean).join(" "), "data-message": one.id },
    goesOn ? make("time", { className: "margin", dateTime: one.at, title: inFull(one.at), ariaHidden: "true" }, hour(one.at)) : face(name, { app }),
    make("div", { className: "said" },
      one.private ? make("p", { className: "only" }, platform.only) : null,
      make("p", { className: goesOn ? "who unseen" : "who" }, make("bdi", {}, name), app || author?.bot ? make("span", { className: "tag" }, "APP") : null,
        make("time", { dateTime: one.at, title: inFull(one.at) }, hour(one.at))),
      make("div", { className: "body" }, renderer.message(one)),
      one.edited ? make("span", { className: "edited" }, "(edited)") : null,
      one.private ? null : tools(one, name, side)));
}

// The reactions to a message, and what can be done with it: one stop of the Tab key, and arrows from there on.
const tools = (one, author, side) => toolbar(`This message of ${author}`, reactions(one, side),
  make("div", { className: "deeds" }, picker(one, author, side), about(one, author, side)));

const react = (one, emoji, side, props, ...inside) => make("button", { type: "button", "data-tool": `${props.className ?? "on"} ${emoji}`, ...props, onclick: () => side.do({ do: "react", message: one.id, emoji }) }, ...inside);

// What people have put on it; a press adds one's own, or takes it off.
function reactions(one, side) {
  if (!one.reactions.length) return null;
  return make("p", { className: "reactions" }, one.reactions.map(({ name, count, mine }) => react(one, name, side, {
    title: name, ariaPressed: String(mine), ariaLabel: `${name}: ${count}${mine ? ", with yours" : ""}`,
  }, make("span", { ariaHidden: "true" }, `${side.platform.reaction(name)} ${count}`))));
}

const picker = (one, author, side) => side.platform.reactions.map((name) => react(one, name, side, {
  className: "react", title: name, ariaLabel: `React with ${name} to this message of ${author}`,
}, make("span", { ariaHidden: "true" }, side.platform.reaction(name))));

const about = (one, name, side) => make("button", {
  type: "button", className: "about", "data-tool": "about", onclick: () => side.do({ do: "about", message: one.id }), ariaLabel: `Give kudos for this message of ${name}`,
}, make("span", { ariaHidden: "true" }, "🎉"), " Give kudos for this");
