/** Whether a card's words are seen. Marks and spaces do not count, for each client sets them in its own way. */

/** Those of the texts that are not shown there. */
export function dropped(texts, place) {
  const shown = ` ${words(place.innerText)} `;
  return texts.filter((text) => words(text) && !shown.includes(` ${words(text)} `));
}

function words(text) {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
