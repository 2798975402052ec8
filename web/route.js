const PROFILE = /^#\/mysfit\/([^/]+)$/;

/** @param {string} id */
export function linkTo(id) {
  return `#/mysfit/${encodeURIComponent(id)}`;
}

/** The id of the mysfit whose profile is at the current address; undefined for the list. */
export function mysfitInAddress() {
  const [, id] = PROFILE.exec(location.hash) ?? [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return id;
  }
}
