import { closeProfile, openProfile, prepareProfile } from "./profile.js";
import { startRoster } from "./roster.js";
import { mysfitInAddress } from "./route.js";

const { title } = document;

/** True if the list is the previous page in the history, so that closing a profile can go back to it. */
let cameFromList = false;

function followAddress() {
  const id = mysfitInAddress();
  if (id) {
    openProfile(id);
  } else {
    cameFromList = true;
    document.title = title;
    closeProfile();
  }
}

function leaveProfile() {
  if (!mysfitInAddress()) {
    return;
  }
  if (cameFromList) {
    history.back();
  } else {
    location.hash = "#/";
  }
}

prepareProfile(leaveProfile);
addEventListener("hashchange", followAddress);
startRoster();
followAddress();
