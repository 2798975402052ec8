/** First in, first out, and each in constant time however many there are: an array's own `shift` moves all the others. */
export class Fifo<Item extends {}> {
  #items: (Item | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  get oldest(): Item | undefined {
    return this.#items[this.#first];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the oldest out. */
  shift(): Item | undefined {
    const item = this.#items[this.#first];
    if (item !== undefined) {
      this.#items[this.#first] = undefined;
      this.#first += 1;
      if (this.#first > this.#items.length / 2) {
        this.#items = this.#items.slice(this.#first);
        this.#first = 0;
      }
    }
    return item;
  }

  /** All that are in now, the newest first. */
  newest(): Item[] {
    return this.#items.slice(this.#first).reverse() as Item[];
  }
}
