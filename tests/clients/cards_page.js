/** The page that is photographed. In Chromium, not in Node.js. */

import "./cards_page.css";
import { showOnSlack } from "./cards_on_slack.js";
import { showOnTeams } from "./cards_on_teams.js";

const SHOW = { slack: showOnSlack, teams: showOnTeams };

/** Shows each sample of a card four times. Gives a sentence for each that a renderer did not show as it is. */
window.showCard = ({ card, samples }, named) => {
  document.body.replaceChildren();
  add(document.body, "h1").textContent = card;
  return samples.flatMap((sample) => showSample(sample, named).map((complaint) => `${card}, ${complaint}`));
};

function showSample(sample, named) {
  add(document.body, "h2").textContent = sample.name;
  const grid = add(document.body, "div", { grid: "" });
  return Object.entries(SHOW).flatMap(([platform, show]) =>
    ["light", "dark"].flatMap((scheme) => {
      const place = add(grid, "div", { platform, scheme });
      const complaints = complaintsOf(() => show(place, sample[platform], scheme, named));
      return complaints.map((complaint) => `${sample.name}, ${platform}, ${scheme}: ${complaint}`);
    }),
  );
}

function complaintsOf(show) {
  try {
    return show();
  } catch (error) {
    return [`the renderer threw: ${error.message}`];
  }
}

function add(parent, name, data = {}) {
  const element = parent.appendChild(document.createElement(name));
  Object.assign(element.dataset, data);
  return element;
}
