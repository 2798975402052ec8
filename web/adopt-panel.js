import { adopt, CallFailed } from "./api.js";
import { button, element } from "./element.js";

/** @import { Profile } from "./api.js" */

/**
 * Offers a mysfit for adoption, asks for confirmation, and shows the result.
 *
 * @param {Profile} mysfit
 * @param {() => void} onAdopted
 */
export function adoptPanel({ mysfitId, name, adopted }, onAdopted) {
  const status = element("p", { className: "outcome", role: "status" });
  const choices = element("div", { className: "choices" });
  const panel = element("div", { className: "adopt" }, choices, status);

  function offer(label = `Adopt ${name}`) {
    const start = button("primary", label, ask);
    choices.replaceChildren(start);
    return start;
  }

  function ask() {
    const question = element("p", { id: "adopt-question" }, `Adopt ${name}, for good?`);
    const yes = button("primary", "Yes, adopt", carryOut);
    yes.setAttribute("aria-describedby", question.id);
    choices.replaceChildren(
      question,
      yes,
      button("", "Not yet", () => offer().focus()),
    );
    status.textContent = "";
    yes.focus();
  }

  async function carryOut() {
    status.textContent = "Filling out the paperwork…";
    choices.replaceChildren();
    status.tabIndex = -1;
    status.focus();
    try {
      await adopt(mysfitId);
      panel.dataset.phase = "counted";
      status.textContent = `${name} is yours. Congratulations, both of you!`;
      onAdopted();
    } catch (error) {
      if (!(error instanceof CallFailed)) {
        throw error;
      }
      panel.dataset.phase = "failed";
      status.textContent = `The adoption failed: ${error.message}. It is safe to try again.`;
      offer("Try adopting again").focus();
    }
  }

  if (!adopted) {
    offer();
  }
  return panel;
}
