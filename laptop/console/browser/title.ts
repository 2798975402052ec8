/** Title of the site. The server puts the project's into the document. */
export const TITLE = document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? "";
