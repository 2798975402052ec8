import { element } from "./element.js";
import { likeButton } from "./like-button.js";
import { linkTo } from "./route.js";

/** @import { Mysfit } from "./api.js" */

/** @param {Mysfit} mysfit */
export function card(mysfit) {
  return element(
    "li",
    { className: "card" },
    element("img", { src: mysfit.thumbImageUri, alt: "", width: 320, height: 320 }),
    element(
      "div",
      { className: "about" },
      element("h2", {}, element("a", { href: linkTo(mysfit.mysfitId) }, mysfit.name)),
      element("p", { className: "species" }, mysfit.species),
      alignment(mysfit),
      likeButton(mysfit),
    ),
  );
}

/**
 * A mysfit's alignment, in the order of the filters.
 *
 * @param {Mysfit} mysfit
 */
export function alignment({ goodevil, lawchaos }) {
  return element("ul", { className: "alignment" }, item("Good or evil", goodevil), item("Law or chaos", lawchaos));
}

/**
 * @param {string} label
 * @param {string} value
 */
function item(label, value) {
  return element(
    "li",
    { className: value.toLowerCase() },
    element("span", { className: "visually-hidden" }, `${label}: `),
    value,
  );
}
