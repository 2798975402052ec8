/** Kinds of files that the site is made of; CloudFront and the laptop's router serve them under these types. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Sent with every file of the site: it loads nothing from elsewhere and stands in nobody's frame. */
export const SITE_HEADERS = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Paths of the site's origin that belong to the services. */
export const API_PATHS = ["/mysfits", "/mysfits/*"] as const;
