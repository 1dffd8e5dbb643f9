// Every card with each of its samples, as Slack and Teams show it, and as it is read aloud.
import { make } from "./dom.js";
import { SlackRenderer } from "./slack.js";
import { TeamsRenderer } from "./teams.js";

function sample({ name, slack, teams, text }, world) {
  const blocks = slack.map((block) => new SlackRenderer(world).block(block));
  return make("section", { className: "sample" }, make("h3", {}, name),
    make("div", { className: "three" },
      make("div", { className: "pane" }, make("h4", { className: "platform" }, "Slack"), make("div", { className: "body" }, blocks)),
      make("div", { className: "pane teams" }, make("h4", { className: "platform" }, "Teams"), new TeamsRenderer(world).card(teams)),
      make("div", { className: "pane" }, make("h4", { className: "platform" }, "Read aloud"), make("p", { className: "plain", dir: "auto" }, text))));
}

const { cards, people, places } = await (await fetch("/sandbox/api/cards")).json();
const world = { people, places, groups: {} };
document.getElementById("index").replaceChildren(...cards.map(({ card }) => make("a", { href: `#${card}` }, card.replaceAll("_", " "))));
document.getElementById("cards").replaceChildren(...cards.map(({ card, samples }) =>
  make("article", { id: card }, make("h2", {}, card.replaceAll("_", " ")), samples.map((one) => sample(one, world)))));
