import { SERVICES } from "./services.ts";

/** Content types of the site's files, as CloudFront and the laptop's router serve them. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Response headers of every file of the site: it loads nothing from other origins and cannot be framed. */
export const SITE_HEADERS = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Paths of the mysfits, which the services share. */
const MYSFITS_PATHS = ["/mysfits", "/mysfits/*"];

/** Path patterns of the site's origin that lead to the services. */
export const API_PATHS: readonly string[] = [
  ...MYSFITS_PATHS,
  ...Object.values(SERVICES).flatMap(({ path }) => (path && !path.startsWith("/mysfits/") ? [path] : [])),
];
