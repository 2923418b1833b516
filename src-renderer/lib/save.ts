/** Files that the window makes itself, handed to the person as downloads. */

/** Hands `blob` to the person as a download called `name`. */
export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** What is drawn on `canvas`, as a PNG on a ground of `background`, a colour of CSS: a canvas is transparent where nothing is. */
export function savePicture(name: string, canvas: HTMLCanvasElement, background: string): void {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d')!;
  context.fillStyle = background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => blob && save(name, blob));
}
