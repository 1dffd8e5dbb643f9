// The sandbox's page: asks what is to be seen, again whenever there is news, and says what people do.
import { get, post } from "./api.js";
import { Drawer } from "./behind.js";
import { PLATFORMS } from "./platforms.js";
import { Side } from "./side.js";
import { city, clockFace, tellZone } from "./times.js";

const AGAIN_MS = 1500;
const TOLD_MS = 8000;
const SILENT = "The sandbox does not answer. Is it running?";

const sides = {};
const as = {};
let cast = [], seen = { run: "", revision: "" }, asking = new AbortController();

async function follow() {
  for (;;) {
    try {
      show(await ask());
    } catch (error) {
      if (error.name !== "AbortError") {
        tell(SILENT);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}

function ask() {
  asking = new AbortController();
  return get("state", { run: seen.run, since: seen.revision, slack: as.slack ?? "", teams: as.teams ?? "" }, asking.signal);
}

function show(state) {
  if (seen.run && seen.run === state.run && (as.slack !== state.slack.me || as.teams !== state.teams.me)) return;
  ({ cast } = state);
  seen = { run: state.run, revision: state.revision };
  as.slack = state.slack.me;
  as.teams = state.teams.me;
  showClock(state.clock);
  for (const key of Object.keys(PLATFORMS)) sides[key].show(state[key], cast, state.clock.now);
  drawer.news(state.clock.now);
  if (state.teams.notice) tell(state.teams.notice);
  if (state.teams.draft) tell("The app put a card into the compose box; this page does not show that.");
}

function showClock({ now, zone, ahead_s: ahead }) {
  tellZone(zone);
  const { day, hour } = clockFace(now), output = document.getElementById("now");
  output.textContent = `${day}, ${hour} in ${city()}`;
  output.title = ahead > 60 ? "The programme's clock was moved forward" : "The programme's clock shows real time";
  output.classList.toggle("moved", ahead > 60);
}

async function act(deed) {
  document.body.classList.add("busy");
  try {
    const { told, error } = await post("act", deed);
    tell(error ?? told ?? "");
    return !error;
  } catch {
    tell(SILENT);
    return false;
  } finally {
    document.body.classList.remove("busy");
  }
}

function become(side, id) {
  as[side] = id;
  const person = cast.find((one) => one[side] === id), other = side === "slack" ? "teams" : "slack";
  if (document.getElementById("together").checked && person[other]) as[other] = person[other];
  for (const one of Object.values(sides)) one.waits();
  seen = { run: "", revision: "" };
  asking.abort();
}

let telling;
function tell(words) {
  const line = document.getElementById("told");
  line.textContent = words;
  line.hidden = !words;
  clearTimeout(telling);
  telling = setTimeout(() => { line.hidden = true; }, TOLD_MS);
}

// On a narrow screen one column is shown at a time.
function choose(tab) {
  document.body.dataset.side = tab;
  for (const key of Object.keys(PLATFORMS)) {
    const button = document.getElementById(`tab-${key}`);
    button.setAttribute("aria-selected", String(key === tab));
    button.tabIndex = key === tab ? 0 : -1;
  }
}

function prepareTab(key) {
  const tab = document.getElementById(`tab-${key}`), other = key === "slack" ? "teams" : "slack";
  tab.addEventListener("click", () => choose(key));
  tab.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    choose(other);
    document.getElementById(`tab-${other}`).focus();
  });
}

function prepareClock(button) {
  button.addEventListener("click", async () => {
    const { error } = await post("clock", { to: button.dataset.jump }).catch(() => ({ error: SILENT }));
    if (error) tell(error);
  });
}

const drawer = new Drawer();
for (const [key, platform] of Object.entries(PLATFORMS)) {
  sides[key] = new Side(key, platform, { act, become });
  document.getElementById("sides").append(sides[key].element);
  prepareTab(key);
}
for (const button of document.querySelectorAll("[data-jump]")) prepareClock(button);
choose("slack");
follow();
