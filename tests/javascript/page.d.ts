// The shapes that the scripts of `tinycnn/page` share: what Python writes into a page
// (`page/facts.py`, `page/report/facts.py`) and what the views hand to each other.

// -- what Python writes -------------------------------------------------------------

type Pair = [number, number];
/** (rows, columns, channels), or (units,). */
type Shape = number[];

/** Base64 of an array's numbers (`page/packing.py`); int16 was rounded to a scale. */
type Packed = { float64: string } | { float32: string } | { int32: string } | { int16: string; scale: number };

type Answer = "sigmoid" | "softmax" | "number";

/** After `unpackModel`: its arrays are numbers. */
interface Model {
  file: string;
  inputShape: Shape;
  outputShape: Shape;
  names: string[];
  threshold: number;
  answer: Answer;
  /** How many layers make the logits. */
  logits: number;
  layers: Layer[];
  notes: string[];
}

interface AnyLayer {
  kind: string;
  input: Shape;
  output: Shape;
  isStraight: boolean;
  arrays: string[];
}

interface PlainLayer extends AnyLayer {
  window?: undefined;
}

interface WindowLayer extends AnyLayer {
  window: Pair;
  strides: Pair;
  borders: [Pair, Pair];
}

type Layer = PlainLayer | WindowLayer;

interface ConvolutionLayer extends WindowLayer {
  kernel: Numbers;
  bias: Numbers;
}

interface DepthwiseLayer extends WindowLayer {
  depthwise_kernel: Numbers;
  depth_multiplier: number;
  bias?: Numbers;
}

interface SeparableLayer extends DepthwiseLayer {
  pointwise_kernel: Numbers;
}

/** Its kernel is not in the page if it is large. */
interface DenseLayer extends AnyLayer {
  kernel: Numbers;
  bias: Numbers;
}

interface ResizingLayer extends AnyLayer {
  interpolation: string;
}

interface BatchNormalizationLayer extends AnyLayer {
  gamma: Numbers;
  beta: Numbers;
  moving_mean: Numbers;
  moving_variance: Numbers;
  epsilon: number;
}

interface Photo {
  name: string;
  preview: string | null;
  input: Packed;
  range: Pair;
  logits: number[];
  leading: number[];
  large: Record<string, PackedDense>;
  notes: string[];
  /** Only in a report. */
  truth?: number;
}

interface PackedTerms {
  places: Packed;
  weights: Packed;
}

interface PackedDense {
  outputs: Packed;
  gradients: Packed[];
  mean: Packed | null;
  shares: number[];
  terms: Record<string, PackedTerms | undefined>;
}

// -- the numbers of a photo ---------------------------------------------------------

type Numbers = Float64Array;

/** One layer's arithmetic; no batch axis. */
interface Rule<L = AnyLayer> {
  forward(layer: L, x: Numbers): Numbers;
  backward(layer: L, dy: Numbers, x: Numbers, y: Numbers): Numbers;
}

interface Place {
  row: number;
  column: number;
}

interface Cell extends Place {
  channel: number;
}

/** A cell under a window: (a, b) is its position within the window. */
interface WindowCell extends Place {
  a: number;
  b: number;
  value: number;
}

type CellVisit = (row: number, column: number, a: number, b: number) => void;

/** Where backward starts: d loss / d logit by output, with or without the answers. */
interface Seed {
  withAnswers?: boolean;
  outputs: Record<string, number>;
}

/** What the page holds of a Dense layer that is too large for it. */
interface LargeDense {
  outputs: Numbers;
  gradients: Map<number, Numbers>;
  mean: Numbers | null;
  shares: Map<number, number>;
  terms: Record<string, PackedTerms | undefined>;
}

type Poll = ReturnType<Explanation["votes"]>;

/** The products of one input channel; null outside the photo. */
interface Products {
  channel: number;
  window: (number | null)[];
  kernel: number[];
  sum: number;
}

interface CellProducts {
  channels: Products[];
  bias: number;
  result: number;
}

/** The numbers that get the full colour. */
type Scales = Record<"window" | "kernel" | "products", number>;

interface Term {
  k: number;
  value: number;
  weight: number;
  product: number;
}

// -- elements -----------------------------------------------------------------------

type Child = Node | string | null | undefined;
/** `make` takes lists among its children, but no lists within lists. */
type Children = Child | Child[];
type Colour = number[];
type Paint = (canvas: HTMLCanvasElement) => void;

/** The element, with properties, listeners (`onclick`) and attributes. */
type Make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties?: Record<string, any>,
  ...children: Children[]
) => HTMLElementTagNameMap[Tag];

interface View {
  id: string;
  render(root: ViewRoot, explanation: Explanation): void;
}

/** A view's element; a view with an explorer says how to show another cell in it. */
interface ViewRoot extends HTMLElement {
  lookAt(cell: Cell): void;
}

/** A radio group of `oneOf`. */
interface Group extends HTMLElement {
  pick(n: number): void;
}

type Frame = ReturnType<typeof frame>;
type Picture = ReturnType<typeof picture>;
/** `look` moves the frame of the selected cell. */
type Explorer = Picture & { look(cell: Cell): void };

/** `onLook` returns the cell's number as text. */
type MakeExplorer = (
  caption: string,
  shape: Shape,
  frames: Frame[],
  paint: Paint,
  label: string,
  chosen: Cell,
  onLook: (cell: Cell) => string,
  onChoose: (cell: Cell) => void,
) => Explorer;

/** `markAt` returns the class of a square. */
type NumberGrid = (
  caption: string,
  rows: number,
  columns: number,
  valueAt: (row: number, column: number) => number | null,
  scale: number,
  markAt?: (row: number, column: number) => string,
) => HTMLElement;

/** The selected cells: there is one for each map, and no view asks for another. */
interface Chosen extends Map<number, Cell> {
  get(at: number): Cell;
}

/** The views that show one layer of several. */
type ShownView = "convolution" | "pooling";

// -- the report ---------------------------------------------------------------------

interface ReportPhoto {
  name: string;
  truth: number;
  answer: number;
  probability: number;
  thumbnail: string;
}

interface ConfusionCell {
  truth: number;
  answer: number;
  count: number;
  photos: number[];
}

type FoundCells = Map<number, ConfusionCell>;
type Metric = "loss" | "accuracy";
/** The numbers of each epoch, by "loss", "val_loss" and so on. */
type Curves = Record<string, number[]>;

/** (name, text) */
type Named = [string, string];

/** What the network was after some epochs; 0 is before training. */
interface EpochFacts {
  part: string;
  epochs: number[];
  shape: Shape;
  kernels: Packed[];
  answers: { answer: number; probability: number }[][];
  photos: { name: string; truth: number; thumbnail: string }[];
}

interface ReportFacts {
  names: string[];
  noun: string;
  result: Record<"right" | "total" | "low" | "high" | "majority" | "meanColour", number>;
  /** Of each split, the photos of each class. */
  counts: Record<string, number[]> & { test: number[] };
  watched: string;
  history: Curves;
  cells: ConfusionCell[];
  isWhole: boolean;
  worst: { title: string; pictures: { photo: number; picture: string | null }[] };
  filters: { shape: Shape; kernel: Packed };
  filterCount: number;
  epochs: EpochFacts | null;
  explained: { photo: number; why: string }[];
  missing: string | null;
  photos: ReportPhoto[];
  headings: string[];
  layers: string[][];
  totals: string;
  options: Named[];
  notes: string[];
  versions: Named[];
}

interface PageData {
  model: Model;
  photos: Photo[];
}

interface ReportData extends PageData {
  report: ReportFacts;
}

// -- the document: a test compares these with the page's HTML -----------------------

type PageId =
  | ShownView
  | "data"
  | "prediction"
  | "probability"
  | "photos"
  | "headline"
  | "worst-lead"
  | "why-lead"
  | "report"
  | "explanation";

interface Document {
  getElementById(id: PageId): HTMLElement;
  getElementById(id: "per-map"): HTMLInputElement;
}

interface ParentNode {
  querySelector(selector: ".explorer"): HTMLElement | null;
  querySelector(selector: `[data-view="${string}"]`): ViewRoot;
  querySelector(selector: `a[href="#why-${string}"]`): HTMLElement | null;
  querySelectorAll(selector: "#views a"): NodeListOf<HTMLAnchorElement>;
  querySelectorAll(selector: `[data-at="${string}"]`): NodeListOf<Group>;
  querySelectorAll(selector: `button, ${string}`): NodeListOf<HTMLElement>;
}

interface Element {
  /** The document makes a number text. */
  setAttribute(name: string, value: string | number): void;
}
