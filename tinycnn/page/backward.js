"use strict";

// 7 Backward: with the true answer told, the error walks back through the same pictures.

const lossOf = (explanation, label) => -Math.log(Math.max(explanation.probabilityOf(label), Number.MIN_VALUE));

function startOfWalk(explanation, label) {
  const { model, logits, answers } = explanation;
  const term = (text, caption) => make("span", { class: "term" }, number(text), make("small", {}, caption));
  if (model.answer === "number") {
    return [make("p", {}, "Without a sigmoid or softmax there is no probability to be right or wrong; the walk starts with ", number("1"),
      " at ", name_(model.names[label]), ": where would more raise it?")];
  }
  const output = explanation.outputOf(label);
  const p = answers[output];
  const y = logits.length === 1 ? label : 1;
  return [
    make("p", { class: "sum" }, term(plain(lossOf(explanation, label)), "the loss, −log of the true class's probability"),
      term(`p ${MINUS} y = ${plain(p)} ${MINUS} ${y}`, logits.length === 1 ? "d loss / d logit" : ["d loss / d its own logit; for the others y = 0"]),
      make("span", { class: "term result" }, number("= " + plain(p - y)), make("small", {}, "where the walk begins"))),
  ];
}

views.push({
  id: "backward",
  render(root, explanation) {
    const { model, photo } = explanation;
    const labels = explanation.logits.length === 1 && model.answer !== "number" ? [0, 1] : explanation.known;
    let label = labels.includes(explanation.label) ? explanation.label : labels[0];
    const draw = () => {
      const gradients = explanation.gradients(explanation.seedFor(label));
      const shape = model.inputShape;
      const options = labels.map((n) => button(model.names[n], () => {}, { class: "pill" }));
      const group = oneOf(model.answer === "number" ? "output" : "the true answer", options, labels.indexOf(label), (n) => {
        label = labels[n];
        redraw(root, draw);
        root.querySelector("[aria-checked=true]").focus({ preventScroll: true });
      }, { class: "pills" });
      const photoColumns = Array.from({ length: Math.min(shape[2], 3) }, (_, channel) => {
        const canvas = make("canvas", { class: "small-seen", role: "img", "aria-label": `gradient at the photo's ${channelName(shape, 0, channel)} channel` });
        paintMap(canvas, gradients[0], shape, channel, scaleOf(gradients[0], shape, channel));
        return make("figure", {}, canvas, make("figcaption", {}, channelName(shape, 0, channel)));
      });
      const columns = [
        column("the photo", shapeText(shape), make("div", { class: "photo-channels" }, photoColumns), legend(largestOf(gradients[0]))),
        ...stripColumns(explanation, gradients, (at) => page.chosen.get(at)?.channel ?? 0),
      ];
      root.append(make("div", { class: "tools" }, make("span", {}, model.answer === "number" ? "Output" : "The true answer is"), group),
        ...startOfWalk(explanation, label), make("div", { class: "strip from-right" }, columns));
      if (photo.leading.length && explanation.large.size && explanation.known.length < explanation.logits.length) {
        root.append(note(`Only the ${photo.leading.length} leading classes can be chosen: the page would be too large with the others' gradients.`));
      }
    };
    draw();
  },
});
