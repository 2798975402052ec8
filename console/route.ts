import { signal } from "@preact/signals";

/** Where the tab is. What a page shows stands in its query, so that an address can be kept or sent to somebody. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

export const place = signal(current());

addEventListener("popstate", () => {
  place.value = current();
});

// Links within the console need no new document. One that opens elsewhere, or that something else has handled, is the browser's.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (
    link &&
    plain &&
    !event.defaultPrevented &&
    link.target === "" &&
    link.origin === location.origin &&
    !isAnchor(link)
  ) {
    event.preventDefault();
    go(link.pathname + link.search);
  }
});

export function go(to: string): void {
  if (to !== location.pathname + location.search) {
    history.pushState(null, "", to);
    place.value = current();
  }
}

/** Changes some of the page's query, in place: going back then leaves the page. A value of nothing takes the name out. */
export function changeQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  history.replaceState(null, "", query.size > 0 ? `${place.value.path}?${query}` : place.value.path);
  place.value = current();
}

function current(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function isAnchor(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.pathname === location.pathname && link.search === location.search;
}
