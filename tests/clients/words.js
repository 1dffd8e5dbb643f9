/** Whether a card's words are seen. Marks and spaces do not count, for each client sets them in its own way. */

/** Those of the texts that do not stand among what is shown. */
export function dropped(texts, seen) {
  const shown = ` ${words(seen)} `;
  return texts.filter((text) => words(text) && !shown.includes(` ${words(text)} `));
}

function words(text) {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
