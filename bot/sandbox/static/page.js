// The sandbox's page: asks what is to be seen, again whenever there is news, and says what people do.
import { Side } from "./side.js";
import { SlackRenderer, filledOnSlack } from "./slack.js";
import { TeamsRenderer, filledOnTeams } from "./teams.js";

const API = "/sandbox/api";
const AGAIN_MS = 1500;

const starts = (word) => (text) => text.toLowerCase().split(/[\s@]+/).some((part) => part.startsWith(word));

const PLATFORMS = {
  slack: {
    title: "Slack",
    hint: "Try /kudos @bob for the calm release #craft",
    renderer: (state, press) => new SlackRenderer(state, press),
    pressed: (element) => ({ action: element.action_id, value: element.value }),
    isApp: (one, state) => state.people[one.author]?.handle === "plaudit",
    filled: filledOnSlack,
    formWords: ({ content }) => ({ title: content.title.text, submit: content.submit?.text, close: content.close?.text ?? "Close" }),
    names: (state, typed) => [
      ...Object.values(state.people).map((one) => ({ text: `@${one.handle}`, label: one.name })),
      ...Object.values(state.groups).map((handle) => ({ text: `@${handle}`, label: "user group" })),
    ].filter((one) => starts(typed)(`${one.label} ${one.text}`)),
  },
  teams: {
    title: "Microsoft Teams",
    hint: "Try @Plaudit kudos @Bob Okafor for the calm release #craft",
    renderer: (state, press) => new TeamsRenderer(state, press),
    pressed: (action, number, root) => ({ number, title: action.title, values: filledOnTeams(root) }),
    isApp: (one) => one.author === null,
    filled: filledOnTeams,
    formWords: ({ title, card }) => ({ title: title || "Form", submit: card.actions?.[0]?.title, close: "Close" }),
    names: (state, typed) => [state.bot, ...Object.values(state.people).map((one) => one.name)]
      .filter(starts(typed)).map((name) => ({ text: `@${name}`, label: name })),
  },
};

const sides = {};
const as = {};
let cast = [], seen = { run: "", revision: "" }, asking = new AbortController();

async function follow() {
  for (;;) {
    try {
      show(await ask());
    } catch (error) {
      if (error.name !== "AbortError") {
        tell("The sandbox does not answer. Is it running?");
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}

async function ask() {
  asking = new AbortController();
  const query = new URLSearchParams({ run: seen.run, since: seen.revision, slack: as.slack ?? "", teams: as.teams ?? "" });
  const answer = await fetch(`${API}/state?${query}`, { signal: asking.signal });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function show(state) {
  if (seen.run && seen.run === state.run && (as.slack !== state.slack.me || as.teams !== state.teams.me)) return;
  ({ cast } = state);
  seen = { run: state.run, revision: state.revision };
  as.slack = state.slack.me;
  as.teams = state.teams.me;
  showClock(state.clock);
  for (const key of Object.keys(PLATFORMS)) sides[key].show(state[key], cast, state.clock.now);
  if (state.teams.notice) tell(state.teams.notice);
  if (state.teams.draft) tell("The app put a card into the compose box; this page does not show that.");
}

function showClock({ now, zone, ahead_s: ahead }) {
  const words = new Date(now).toLocaleString(undefined, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone });
  const output = document.getElementById("now");
  output.textContent = `${words} (${zone.split("/").at(-1)})`;
  output.classList.toggle("moved", ahead > 60);
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${API}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const type = answer.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json") ? answer.json() : { error: await answer.text() };
}

async function act(deed) {
  document.body.classList.add("busy");
  try {
    const { told, error } = await post("act", deed);
    tell(error ?? told ?? "");
    return !error;
  } catch {
    tell("The sandbox does not answer. Is it running?");
    return false;
  } finally {
    document.body.classList.remove("busy");
  }
}

function become(side, id) {
  as[side] = id;
  const person = cast.find((one) => one[side] === id), other = side === "slack" ? "teams" : "slack";
  if (document.getElementById("together").checked && person[other]) as[other] = person[other];
  seen = { run: "", revision: "" };
  asking.abort();
}

let telling;
function tell(words) {
  const line = document.getElementById("told");
  line.textContent = words;
  line.hidden = !words;
  clearTimeout(telling);
  telling = setTimeout(() => { line.hidden = true; }, 8000);
}

function choose(tab) {
  document.body.dataset.side = tab;
  for (const key of Object.keys(PLATFORMS)) {
    const button = document.getElementById(`tab-${key}`);
    button.setAttribute("aria-selected", String(key === tab));
    button.tabIndex = key === tab ? 0 : -1;
  }
}

for (const [key, platform] of Object.entries(PLATFORMS)) {
  sides[key] = new Side(key, platform, { act, become });
  document.getElementById("sides").append(sides[key].element);
  const tab = document.getElementById(`tab-${key}`);
  tab.addEventListener("click", () => choose(key));
  tab.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = key === "slack" ? "teams" : "slack";
    choose(other);
    document.getElementById(`tab-${other}`).focus();
  });
}
for (const button of document.querySelectorAll("[data-jump]")) {
  button.addEventListener("click", async () => {
    const { error } = await post("clock", { to: button.dataset.jump });
    if (error) tell(error);
  });
}
choose("slack");
follow();
