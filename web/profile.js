import { adoptPanel } from "./adopt-panel.js";
import { CallFailed, fetchProfile } from "./api.js";
import { alignment } from "./card.js";
import { button, byId, element } from "./element.js";
import { likeButton, likeEvents, likeOf } from "./like-button.js";
import { ageInWords } from "./words.js";

/** @import { Profile } from "./api.js" */

const dialog = /** @type {HTMLDialogElement} */ (byId("profile"));
const heading = byId("profile-name");
const content = byId("profile-content");

let current = new AbortController();

/** @param {() => void} onClose Called when the visitor closes the profile. */
export function prepareProfile(onClose) {
  dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (!dialog.open) {
      onClose();
    }
  });
}

export function closeProfile() {
  current.abort();
  dialog.close();
}

/**
 * Opens the profile of a mysfit, fetching it first.
 *
 * @param {string} id
 */
export async function openProfile(id) {
  current.abort();
  current = new AbortController();
  const { signal } = current;

  say("One moment…", "Loading the profile.");
  if (!dialog.open) {
    dialog.showModal();
  }
  try {
    show(await fetchProfile(id, signal), signal);
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (!(error instanceof CallFailed)) {
      throw error;
    }
    if (error.status === 404) {
      say("Not found", "No mysfit lives at this address (404).");
    } else {
      say("Profile not available", `The profile could not be loaded: ${error.message}.`);
      content.append(button("primary", "Try again", () => openProfile(id)));
    }
  }
}

/**
 * @param {string} title
 * @param {string} sentence
 */
function say(title, sentence) {
  heading.textContent = title;
  content.replaceChildren(element("p", { role: "status" }, sentence));
}

/**
 * @param {Profile} mysfit
 * @param {AbortSignal} signal Aborted when the visitor leaves this profile.
 */
function show(mysfit, signal) {
  const likes = element("dd", {}, mysfit.likes);
  likeEvents.addEventListener(
    mysfit.mysfitId,
    () => {
      if (likeOf(mysfit.mysfitId).phase === "counted") {
        likes.textContent = String(Number(likes.textContent) + 1);
      }
    },
    { signal },
  );
  const home = element("dd", {}, homeOf(mysfit.adopted));

  heading.textContent = mysfit.name;
  document.title = `${mysfit.name} the ${mysfit.species} · Mythical Mysfits`;
  content.replaceChildren(
    element("img", {
      src: mysfit.profileImageUri,
      alt: `Portrait of ${mysfit.name} the ${mysfit.species}`,
      width: 640,
      height: 640,
    }),
    element(
      "div",
      { className: "about" },
      element("p", { className: "species" }, mysfit.species),
      alignment(mysfit),
      element("p", {}, mysfit.description),
      element(
        "dl",
        {},
        element("div", {}, element("dt", {}, "Age"), element("dd", {}, ageInWords(mysfit.age))),
        element("div", {}, element("dt", {}, "Likes"), likes),
        element("div", {}, element("dt", {}, "Home"), home),
      ),
      likeButton(mysfit),
      adoptPanel(mysfit, () => {
        home.textContent = homeOf(true);
      }),
    ),
  );
}

/** @param {boolean} adopted */
function homeOf(adopted) {
  return adopted ? "Adopted" : "Looking for a home";
}
