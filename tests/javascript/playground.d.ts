// The shapes that the scripts of `docs/playground/web` share: what the worker tells the
// page (`docs/playground/playground.py`), in addition to those of `page.d.ts`.

/** The answer for a photo, and the probability of each class. */
interface PhotoAnswer {
  answer: number;
  probabilities: number[];
}

interface AddedPhoto {
  name: string;
  preview: string;
  path: string;
}

/** A photo in a box, and another box that holds the same one. */
interface BoxedPhoto extends AddedPhoto {
  twin: number | null;
}

interface AskedPhoto extends AddedPhoto, PhotoAnswer {
  /** The answers of the network after earlier epochs, and after the last one. */
  over: (PhotoAnswer & { epoch: number })[];
}

/** A training run before its first step. */
interface BegunRun {
  steps: number;
  epochs: number;
  size: number;
  classes: string[];
  photos: number;
  test: { name: string; truth: number; thumbnail: string }[];
}

interface StepDone {
  step: number;
  steps: number;
  of: number;
  loss: number;
  accuracy: number;
}

/** The network after an epoch; `epoch` is not whole if it was stopped within one. */
interface Look {
  epoch: number;
  loss: number;
  accuracy: number;
  val_loss: number;
  val_accuracy: number;
  kernel: Packed;
  shape: Shape;
  answers: PhotoAnswer[];
}

interface Waiting {
  resolve(value: any): void;
  reject(reason: Error): void;
}

interface Document {
  getElementById(id: "state"): HTMLElement;
}
