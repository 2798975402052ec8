/**
 * An element with its properties set and its children inside. Text goes in as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/**
 * @param {string} className
 * @param {string} label
 * @param {() => void} onPress
 */
export function button(className, label, onPress) {
  const made = element("button", { type: "button", className }, label);
  made.addEventListener("click", onPress);
  return made;
}

/**
 * The element of the page with this id, which index.html promises.
 *
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no element with the id "${id}"`);
  }
  return found;
}
