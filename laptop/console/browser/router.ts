import { signal } from "@preact/signals";

/** Path and query of the tab. A page keeps its state in the query, so that its address can be bookmarked and shared. */
export interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

export const route = signal(current());

addEventListener("popstate", () => {
  route.value = current();
});

// Links within the console change the route. Links to new tabs, and clicks handled elsewhere, are left to the browser.
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
    navigate(link.pathname + link.search);
  }
});

export function navigate(to: string): void {
  if (to !== location.pathname + location.search) {
    history.pushState(null, "", to);
    route.value = current();
  }
}

/** Changes parts of the query without a new history entry. An empty value removes the parameter. */
export function changeQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(route.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  history.replaceState(null, "", query.size > 0 ? `${route.value.path}?${query}` : route.value.path);
  route.value = current();
}

function current(): Route {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function isAnchor(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.pathname === location.pathname && link.search === location.search;
}
