/** A camera as a person calls it: many write their maker before a model that begins with it. */
export const cameraName = (camera: string): string => camera.replace(/^(\S+) (?=\1 )/i, '');
