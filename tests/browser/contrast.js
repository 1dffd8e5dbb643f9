// How much the text that is shown stands out: [how many texts were looked at, those that are too faint].
() => {
  const channels = (colour) => {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const known = new Map();
  const read = (colour) => known.get(colour) ?? known.set(colour, channels(colour)).get(colour);
  const over = ([r, g, b, alpha], below) => [r, g, b].map((one, n) => one * alpha + below[n] * (1 - alpha));
  const behind = (element) => {
    if (!element) return read("Canvas").slice(0, 3);
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  };
  const words = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ");
  const shown = [...document.body.querySelectorAll("*")].filter((one) => words(one) && !one.closest("[aria-hidden=true], .unseen, noscript, option, template")
    && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  const faint = shown.flatMap((element) => {
    const style = getComputedStyle(element), size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5, ground = behind(element);
    const found = ratio(over(read(style.color), ground), ground);
    return found < needed ? [`${found.toFixed(2)} ${words(element).slice(0, 40)}`] : [];
  });
  return [shown.length, faint];
}
