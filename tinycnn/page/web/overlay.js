"use strict";

// 5 The votes, as a picture.

// The votes, summed over the maps, painted on the grey photo where each cell's window is.
/** @param {HTMLCanvasElement} canvas @param {Explanation} explanation @param {number} at @param {Numbers} votes */
function paintVotes(canvas, explanation, at, votes) {
  const shape = explanation.shapeAt(at);
  const [height, width] = explanation.model.inputShape;
  const sums = new Float64Array(shape[0] * shape[1]);
  votes.forEach((vote, k) => (sums[Math.floor(k / shape[2])] += vote));
  const most = largestOf(sums);
  const photo = document.createElement("canvas");
  const {
    activations,
    photo: { range },
    model,
  } = explanation;
  if (isPicture(model.inputShape)) paintPhoto(photo, activations[0], model.inputShape, range, true);
  const zoom = Math.max(1, Math.round(384 / Math.max(height, width)));
  canvas.width = width * zoom;
  canvas.height = height * zoom;
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  context.fillStyle = theme() === "dark" ? "rgba(84, 88, 96, 0.6)" : "rgba(255, 255, 255, 0.6)";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const { start, size, jump } = receptiveField(explanation.layers, at);
  sums.forEach((sum, n) => {
    const cell = [Math.floor(n / shape[1]), n % shape[1]];
    // The centre of the cell's receptive field, as large as the step to its neighbour.
    const [top, left] = cell.map(
      (place, axis) => start[axis] + place * jump[axis] + (size[axis] - jump[axis]) / 2,
    );
    const share = most ? sum / most : 0;
    const [red, green, blue] = STOPS.light[share < 0 ? 1 : 5];
    context.fillStyle = `rgba(${red}, ${green}, ${blue}, ${Math.min(0.92, Math.abs(share) ** 0.6)})`;
    /** @param {number} value */
    const edge = (value) => Math.round(value * zoom);
    context.fillRect(
      edge(left),
      edge(top),
      edge(left + jump[1]) - edge(left),
      edge(top + jump[0]) - edge(top),
    );
  });
  return most;
}
