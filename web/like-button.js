import { CallFailed, like } from "./api.js";
import { button, element } from "./element.js";

/** @import { Mysfit } from "./api.js" */

/** Milliseconds without an answer after which a like is called slow. */
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

/** Dispatches an event named after a mysfit's id whenever something becomes of its like. */
export const likeEvents = new EventTarget();

/** @param {string} id */
export function likeOf(id) {
  return likes.get(id) ?? { phase: "idle", sentence: "" };
}

/** @param {Mysfit} mysfit */
async function send({ mysfitId, name }) {
  /** @param {Like["phase"]} phase @param {string} sentence */
  const become = (phase, sentence) => {
    likes.set(mysfitId, { phase, sentence });
    likeEvents.dispatchEvent(new Event(mysfitId));
  };
  become("sending", "Counting your like…");
  const timer = setTimeout(() => become("slow", "Still counting… the service is slow."), SLOW);
  try {
    await like(mysfitId);
    become("counted", `Counted! ${name} is flattered.`);
  } catch (error) {
    if (!(error instanceof CallFailed)) {
      throw error;
    }
    become("failed", `Like failed: ${error.message}. ${CERTAINTY[error.done]}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A button that likes a mysfit, and a line below it that says what became of the like. */
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
    // Not `disabled`, which would throw the keyboard's focus away.
    this.#button.ariaDisabled = String(this.#isWaiting());
    this.#status.textContent = sentence;
  }
}

customElements.define("like-button", LikeButton);

/** @param {Mysfit} mysfit */
export function likeButton(mysfit) {
  return new LikeButton(mysfit);
}
