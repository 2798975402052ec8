/** A mysfit in the table, without likes. */
export interface Mysfit {
  readonly id: string;
  readonly name: string;
  readonly species: string;
  readonly description: string;
  /** In years. */
  readonly age: number;
  readonly goodEvil: GoodEvil;
  readonly lawChaos: LawChaos;
}

export type GoodEvil = "Good" | "Neutral" | "Evil";
export type LawChaos = "Lawful" | "Neutral" | "Chaotic";

/** Key of the table, and its indexes by filter attribute. */
export const MYSFITS_TABLE = {
  key: "MysfitId",
  indexes: { GoodEvil: "GoodEvilIndex", LawChaos: "LawChaosIndex" },
} as const;

/** Returns a mysfit's item in DynamoDB JSON. */
export function tableItem(mysfit: Mysfit) {
  const picture = `/images/${mysfit.name.toLowerCase().replaceAll(" ", "-")}`;
  return {
    MysfitId: { S: mysfit.id },
    Name: { S: mysfit.name },
    Species: { S: mysfit.species },
    Description: { S: mysfit.description },
    Age: { N: String(mysfit.age) },
    GoodEvil: { S: mysfit.goodEvil },
    LawChaos: { S: mysfit.lawChaos },
    ThumbImageUri: { S: `${picture}-thumb.svg` },
    ProfileImageUri: { S: `${picture}.svg` },
    Likes: { N: "0" },
    Adopted: { BOOL: false },
  } as const;
}

export const MYSFITS: readonly Mysfit[] = [
  {
    id: "4e53920c-505a-4a90-a694-b9300791f0ae",
    name: "Evangeline",
    species: "Chimera",
    age: 43,
    goodEvil: "Evil",
    lawChaos: "Lawful",
    description:
      "Three heads, three opinions, one schedule: the lion decides on weekdays, the goat on weekends, and the snake keeps the minutes. Evangeline breaks no rule she has not had a hand in writing, and she has written most of them.",
  },
  {
    id: "2b473002-36f8-4b87-954e-9a377e0ccbec",
    name: "Pauly",
    species: "Cyclops",
    age: 2,
    goodEvil: "Neutral",
    lawChaos: "Lawful",
    description:
      "Still a toddler, already taller than the fridge. Pauly sorts his blocks by color and has no sense of depth, so keep cups away from table edges. He naps at two o'clock sharp and will tell you if you are late.",
  },
  {
    id: "0e37d916-f960-4772-a25a-01b762b5c1bd",
    name: "CoCo",
    species: "Dragon",
    age: 501,
    goodEvil: "Good",
    lawChaos: "Chaotic",
    description:
      "CoCo gives her hoard away faster than she gathers it, mostly to strangers and never twice in the same way. Has lit every birthday cake in three valleys, some of them on purpose. Needs a chimney.",
  },
  {
    id: "da5303ae-5aba-495c-b5d6-eb5c4a66b941",
    name: "Gretta",
    species: "Gorgon",
    age: 31,
    goodEvil: "Evil",
    lawChaos: "Neutral",
    description:
      "A sculptor with an unfair advantage and a waiting list of critics. The snakes take turns at the tinted glasses. Gretta would like a garden with room for statues and a household that knocks first.",
  },
  {
    id: "a901bb08-1985-42f5-bb77-27439ac14300",
    name: "Hasla",
    species: "Haetae",
    age: 2000000000,
    goodEvil: "Good",
    lawChaos: "Neutral",
    description:
      "Older than multicellular life and rather tired of being asked about it. Hasla eats fires, guards gates, and can smell a lie from the street. Happiest asleep across a doorstep where children climb over him.",
  },
  {
    id: "b41ff031-141e-4a8d-bb56-158a22bea0b3",
    name: "Snowflake",
    species: "Yeti",
    age: 13,
    goodEvil: "Evil",
    lawChaos: "Neutral",
    description:
      "A teenager, with all that this implies, and with fur. Snowflake hides every left boot in the village and denies it with enormous eyes. Sleeps in the freezer, door open. Thaws when no one is looking.",
  },
  {
    id: "3f0f196c-4a7b-43af-9e29-6522a715342d",
    name: "Gary",
    species: "Kraken",
    age: 2709,
    goodEvil: "Neutral",
    lawChaos: "Chaotic",
    description:
      "Gary has retired from ships and taken up drumming. Ten arms, eleven rhythms, no neighbors left. Looking for a deep pond, a patient family, and someone who can explain what he did with the lighthouse.",
  },
  {
    id: "a68db521-c031-44c7-b5ef-bfa4c0850e2a",
    name: "Nessi",
    species: "Plesiosaurus",
    age: 75000000,
    goodEvil: "Neutral",
    lawChaos: "Neutral",
    description:
      "Shy, long-necked, and never quite in focus. Nessi has outlived every camera pointed at her and means to go on like that. Asks for cold water, mild fog, and visitors who can keep a secret for an epoch or two.",
  },
  {
    id: "c0684344-1eb7-40e7-b334-06d25ac9268c",
    name: "Atlantis",
    species: "Mandrake",
    age: 100,
    goodEvil: "Neutral",
    lawChaos: "Neutral",
    description:
      "Spends the week in a pot on the sill and the weekend in a slightly larger pot. Atlantis hums while growing and screams only when lifted, so please water in place. Earmuffs come with the adoption papers.",
  },
  {
    id: "ac3e95f3-eb40-4e4e-a605-9fdd0224877c",
    name: "Twilight Glitter",
    species: "Pegasus",
    age: 6,
    goodEvil: "Good",
    lawChaos: "Lawful",
    description:
      "Files a flight plan for every hop over the fence and waits for clearance. Twilight Glitter sheds sparkles that no vacuum cleaner has ever beaten. Top of her class in kindness; second in landings.",
  },
  {
    id: "33e1fbd4-2fd8-45fb-a42f-f92551694506",
    name: "Cole",
    species: "Phoenix",
    age: 1393,
    goodEvil: "Good",
    lawChaos: "Chaotic",
    description:
      "Has died of enthusiasm forty-one times and counts every one as a success. Cole starts a project before breakfast and himself over by supper. Provide a hearth, a smoke alarm you can switch off, and applause.",
  },
  {
    id: "b6d16e02-6aeb-413c-b457-321151bb403d",
    name: "Rujin",
    species: "Troll",
    age: 221,
    goodEvil: "Evil",
    lawChaos: "Chaotic",
    description:
      "Collects a toll on bridges, stairs, and lately, comment sections. The price changes with the weather, and so does the bridge. Rujin can be won over with goulash, but no one has found out for how long.",
  },
];
