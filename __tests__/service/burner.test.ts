import test from "ava";
import { Burner } from "../../service/like/burner.ts";

test("under steady load, burns finish in the order in which they arrived", async (t) => {
  const burner = new Burner();
  t.teardown(() => burner.close());
  const finished: number[] = [];
  let arrived = 0;
  // A new burn takes the place of each finished one, so the queue never empties.
  const burnInTurn = async () => {
    while (arrived < 12) {
      const number = arrived++;
      await burner.burn(100);
      finished.push(number);
    }
  };
  await Promise.all(Array.from({ length: 4 }, burnInTurn));
  t.deepEqual(
    finished,
    Array.from({ length: 12 }, (_, number) => number),
  );
});
