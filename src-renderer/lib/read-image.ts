/**
 * A dropped, pasted or picked image as the application takes it (base64) and as the window shows it (`url`, an object
 * URL).
 */
export async function readImage(
  file: Blob & { name?: string },
  fallbackName: string,
): Promise<{ name: string; url: string; base64: string }> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error(fallbackName));
    reader.readAsDataURL(file);
  });
  return { name: file.name || fallbackName, url: URL.createObjectURL(file), base64: url.slice(url.indexOf(',') + 1) };
}
