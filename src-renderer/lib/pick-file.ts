/** A file of the person's choice with its content: by the shell's dialog where there is one, by the browser's where not. */
import type { Desktop } from '../../shared/desktop.ts';
import { acceptedImages } from '../../shared/imageFormats.ts';

const accepted = { image: acceptedImages, labels: '.csv,text/csv' } as const;

/** Null when they thought better of it. */
export async function pickFile(desktop: Desktop | null, kind: 'image' | 'labels'): Promise<File | null> {
  if (!desktop) return pickHere(accepted[kind]);
  const picked = await desktop.pickFile(kind);
  return picked?.bytes ? new File([picked.bytes], picked.name) : null;
}

function pickHere(accept: string): Promise<File | null> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
