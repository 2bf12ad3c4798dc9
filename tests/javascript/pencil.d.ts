// What the scripts of `docs/pencil` share: an exercise as `docs/make_pencil.py` writes it,
// and what a student's numbers say.

/** Rows of numbers. */
type Table = number[][];
type Tables = Record<string, Table>;

interface Mistake {
  what: string;
  instead: string;
  numbers: Table;
}

/** One array that is filled in. */
interface Step {
  name: string;
  right: Table;
  mistakes: Mistake[];
  /** The arrays of earlier steps that it is computed from. */
  needs: string[];
  given: { name: string; numbers: Table }[];
}

interface Part {
  title: string;
  steps: Step[];
}

/** `unit` is the last digit's place, 0 if nothing was rounded. */
interface Reading {
  value: number;
  unit: number;
}

/** What is in a box; `number` is null if it cannot be read as one. */
interface Box {
  text: string;
  number: Reading | null;
}

interface BoxCell extends Box {
  i: number;
  j: number;
}

type Kind = "empty" | "unread" | "right" | "follows" | "cause" | "upstream" | "unknown";

interface Diagnosis {
  kind: Kind;
  isFull: boolean;
  wrong: BoxCell[];
  causes: Mistake[];
}

/** `differ`: whether one of the numbers is not right. */
interface Earlier {
  numbers: Tables;
  differ: boolean;
}

/** The boxes of each step. The page asks only for steps that it has. */
interface Boxes extends Map<string, HTMLInputElement[][]> {
  get(name: string): HTMLInputElement[][];
}

interface Properties {
  onpaste?(event: ClipboardEvent): void;
  onkeydown?(event: KeyboardEvent): void;
  [name: string]: any;
}

interface Steps extends Map<string, Step> {
  get(name: string): Step;
}

type Make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties?: Properties,
  ...children: (Node | string)[]
) => HTMLElementTagNameMap[Tag];

interface Document {
  getElementById(id: "data" | "parts"): HTMLElement;
}
