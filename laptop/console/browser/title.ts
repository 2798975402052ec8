/** Title of the site, which the server writes into the document. */
export const TITLE = document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? "";
