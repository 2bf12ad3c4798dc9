"use strict";

// The webcam: its button is there only where there is a camera, and it is switched off after use.

let shots = 0;

async function hasCamera() {
  try {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.some(({ kind }) => kind === "videoinput");
  } catch {
    return false;
  }
}

// Adds a button "Webcam", and below it the picture while the camera is on.
/** @param {HTMLElement} tools @param {(file: File) => void} onShot @param {string} where */
async function addCamera(tools, onShot, where) {
  if (!(await hasCamera())) return;
  const video = make("video", { muted: true, playsInline: true, "aria-label": "picture of the webcam" });
  const fault = make("p", { class: "fault", role: "alert" });
  const shot = button("Take a photo", () => {
    const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    canvas.toBlob((blob) => blob && onShot(new File([blob], `webcam ${++shots}.jpg`)), "image/jpeg", 0.9);
  });
  const off = button("Switch off", () => {
    if (video.srcObject instanceof MediaStream) video.srcObject.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    view.hidden = true;
    on.hidden = false;
    on.focus();
  });
  const view = make("div", { class: "camera", hidden: true }, video, make("div", { class: "tools" }, shot, off));
  const on = button(
    "Webcam",
    async () => {
      fault.textContent = "";
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
        await video.play();
      } catch (error) {
        fault.textContent = `The webcam cannot be used: ${lineOf(error)}`;
        return;
      }
      view.hidden = false;
      on.hidden = true;
      shot.focus();
    },
    { "aria-label": `Webcam for ${where}` },
  );
  tools.append(on);
  tools.after(view, fault);
}
