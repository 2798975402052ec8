import { CallFailed, fetchMysfits } from "./api.js";
import { card } from "./card.js";
import { byId } from "./element.js";
import { counted } from "./words.js";

const list = byId("mysfits");
const notice = byId("notice");
const retry = byId("retry");

let current = new AbortController();

/** Shows the mysfits that match the filters, now and whenever a filter changes. */
export function startRoster() {
  for (const choice of document.querySelectorAll("search input")) {
    choice.addEventListener("change", show);
  }
  retry.addEventListener("click", show);
  show();
}

async function show() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const [goodEvil, lawChaos] = [chosen("goodEvil"), chosen("lawChaos")];

  notice.textContent = "Loading the mysfits…";
  retry.hidden = true;
  list.ariaBusy = "true";
  try {
    const mysfits = await fetchMysfits(goodEvil, lawChaos, signal);
    list.replaceChildren(...mysfits.map(card));
    notice.textContent =
      mysfits.length > 0 ? counted(mysfits.length, "mysfit") : "No mysfit matches these filters. Try others.";
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (!(error instanceof CallFailed)) {
      throw error;
    }
    list.replaceChildren();
    notice.textContent = `The mysfits could not be loaded: ${error.message}.`;
    retry.hidden = false;
  }
  list.ariaBusy = "false";
}

/** @param {"goodEvil" | "lawChaos"} name */
function chosen(name) {
  return document.querySelector(`search input[name="${name}"]:checked`)?.getAttribute("value") ?? "";
}
