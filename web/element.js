/**
 * Creates an element with properties and children. Strings become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

/**
 * @param {string} className
 * @param {string} label
 * @param {() => void} onPress
 */
export function button(className, label, onPress) {
  const created = element("button", { type: "button", className }, label);
  created.addEventListener("click", onPress);
  return created;
}

/**
 * Returns the element of index.html with this id.
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
