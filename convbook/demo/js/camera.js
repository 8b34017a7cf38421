"use strict";
// The camera as small square pictures. Its frames go to the demo and nowhere else.

// What to say where there is no camera, by the name of the browser's error.
const NO_CAMERA = {
  NotAllowedError: "The camera may not be used here",
  NotFoundError: "There is no camera here",
  NotReadableError: "Another program has the camera",
};

class Camera {
  // side: pixels of the square that is cut out of the middle of a frame, mirrored; take(rgba) gets it.
  constructor(side, take) {
    Object.assign(this, { side, take, stream: null, waiting: 0 });
    this.video = el("video", { playsinline: "" });
    this.video.muted = true;
    this.canvas = el("canvas", { width: side, height: side });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  // Why it does not start; "" where it does.
  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      return NO_CAMERA[error.name] ?? "The browser gives no camera to this page";
    }
    this.loop();
    return "";
  }

  loop() {
    this.waiting = requestAnimationFrame(() => this.loop());
    if (this.video.currentTime === this.last) return; // still the same frame
    this.last = this.video.currentTime;
    const { side, video } = this;
    const least = Math.min(video.videoWidth, video.videoHeight);
    this.context.setTransform(-1, 0, 0, 1, side, 0);
    this.context.drawImage(video, (video.videoWidth - least) / 2, (video.videoHeight - least) / 2, least, least, 0, 0, side, side);
    this.take(this.context.getImageData(0, 0, side, side).data);
  }

  // The light beside it goes out.
  stop() {
    cancelAnimationFrame(this.waiting);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

// A button that starts and stops the camera, by the key C too. It stops when the slide is left.
// change(on, why) is called after each; why says what is missing.
function cameraButton(camera, change) {
  const node = el("button", { type: "button", id: "camera", "aria-keyshortcuts": "c" }, "Camera (C)");
  const show = (why = "") => {
    node.setAttribute("aria-pressed", camera.stream !== null);
    change(camera.stream !== null, why);
  };
  const stop = () => {
    camera.stop();
    show();
  };
  const toggle = async () => (camera.stream ? stop() : show(await camera.start()));
  node.addEventListener("click", toggle);
  node.setAttribute("aria-pressed", "false");
  watchShown((shown) => !shown && camera.stream && stop());
  return { node, toggle, stop };
}
