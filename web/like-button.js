import { CallFailed, like } from "./api.js";
import { button, element } from "./element.js";

/** @import { Mysfit } from "./api.js" */

/** Milliseconds without a response after which a like counts as slow. */
const SLOW = 1000;

const CERTAINTY = {
  no: "It did not count.",
  unknown: "It may or may not have counted.",
};

/** @typedef {{ phase: "idle" | "sending" | "slow" | "counted" | "failed", sentence: string }} Like */

/**
 * The last like of each mysfit, shared by its card and its profile.
 *
 * @type {Map<string, Like>}
 */
const likes = new Map();

/** Dispatches an event named after a mysfit's id whenever the state of its like changes. */
export const likeEvents = new EventTarget();

/** @param {string} id */
export function likeOf(id) {
  return likes.get(id) ?? { phase: "idle", sentence: "" };
}

/** @param {Mysfit} mysfit */
async function send({ mysfitId, name }) {
  /** @param {Like["phase"]} phase @param {string} sentence */
  const enter = (phase, sentence) => {
    likes.set(mysfitId, { phase, sentence });
    likeEvents.dispatchEvent(new Event(mysfitId));
  };
  enter("sending", "Counting your like…");
  const timer = setTimeout(() => enter("slow", "Still counting… the service is slow."), SLOW);
  try {
    await like(mysfitId);
    enter("counted", `Counted! ${name} is flattered.`);
  } catch (error) {
    if (!(error instanceof CallFailed)) {
      throw error;
    }
    enter("failed", `Like failed: ${error.message}. ${CERTAINTY[error.done]}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A button that likes a mysfit, with a line below it for the result. */
class LikeButton extends HTMLElement {
  #mysfit;
  #label = element("span");
  #status = element("p", { className: "outcome", role: "status" });
  #button;
  #show = () => this.#render();

  /** @param {Mysfit} mysfit */
  constructor(mysfit) {
    super();
    this.#mysfit = mysfit;
    this.#button = button("like", "", () => this.#press());
    this.#button.append(element("span", { className: "heart", ariaHidden: "true" }, "♥"), this.#label);
  }

  connectedCallback() {
    this.replaceChildren(this.#button, this.#status);
    likeEvents.addEventListener(this.#mysfit.mysfitId, this.#show);
    this.#render();
  }

  disconnectedCallback() {
    likeEvents.removeEventListener(this.#mysfit.mysfitId, this.#show);
  }

  #press() {
    if (!this.#isWaiting()) {
      send(this.#mysfit);
    }
  }

  #isWaiting() {
    return ["sending", "slow"].includes(likeOf(this.#mysfit.mysfitId).phase);
  }

  #render() {
    const { phase, sentence } = likeOf(this.#mysfit.mysfitId);
    this.dataset.phase = phase;
    const [verb, object] = phase === "failed" ? ["Try again", " to like"] : ["Like", ""];
    this.#label.replaceChildren(
      verb,
      element("span", { className: "visually-hidden" }, `${object} ${this.#mysfit.name}`),
    );
    // `disabled` would lose the keyboard focus.
    this.#button.ariaDisabled = String(this.#isWaiting());
    this.#status.textContent = sentence;
  }
}

customElements.define("like-button", LikeButton);

/** @param {Mysfit} mysfit */
export function likeButton(mysfit) {
  return new LikeButton(mysfit);
}
