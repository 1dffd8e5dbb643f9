// The names of emoji that people type between colons, as far as a workplace needs them.
const NAMES = {
  tada: "🎉", rocket: "🚀", star: "⭐", star2: "🌟", sparkles: "✨", heart: "❤️", yellow_heart: "💛", green_heart: "💚", blue_heart: "💙",
  purple_heart: "💜", handshake: "🤝", raised_hands: "🙌", clap: "👏", pray: "🙏", muscle: "💪", "+1": "👍", thumbsup: "👍", "-1": "👎",
  wave: "👋", ok_hand: "👌", fire: "🔥", bulb: "💡", zap: "⚡", trophy: "🏆", medal: "🎖️", sports_medal: "🏅", first_place_medal: "🥇", second_place_medal: "🥈",
  third_place_medal: "🥉", crown: "👑", gem: "💎", gift: "🎁", balloon: "🎈", birthday: "🎂", cake: "🍰", cookie: "🍪", coffee: "☕", taco: "🌮",
  pizza: "🍕", fire_engine: "🚒", mortar_board: "🎓", books: "📚", memo: "📝", calendar: "📅", hourglass: "⌛", alarm_clock: "⏰", bell: "🔔",
  bar_chart: "📊", chart_with_upwards_trend: "📈", dart: "🎯", mountain: "⛰️", seedling: "🌱", deciduous_tree: "🌳", sunflower: "🌻",
  rainbow: "🌈", sunny: "☀️", snowflake: "❄️", eyes: "👀", thinking_face: "🤔", smile: "😄", grin: "😁", joy: "😂", heart_eyes: "😍",
  star_struck: "🤩", partying_face: "🥳", sunglasses: "😎", wink: "😉", slightly_smiling_face: "🙂", cry: "😢", white_check_mark: "✅",
  heavy_check_mark: "✔️", x: "❌", warning: "⚠️", question: "❓", exclamation: "❗", lock: "🔒", key: "🔑", hammer: "🔨", wrench: "🔧",
  computer: "💻", bug: "🐛", ship: "🚢", airplane: "✈️", house: "🏠", moneybag: "💰", shopping_bags: "🛍️", ballot_box_with_ballot: "🗳️",
};

export const emoji = (name) => NAMES[name] ?? `:${name}:`;
export const withEmoji = (text) => text.replace(/:([\w+-]+):/g, (whole, name) => NAMES[name] ?? whole);
