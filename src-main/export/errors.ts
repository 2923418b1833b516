/**
 * What export refuses or could not do. `code` is for programs, the message ends with the remedy, `details` carry the
 * offending values.
 */
export type ExportErrorCode = 'bad-shape' | 'unsupported' | 'verify-failed';

export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: ExportErrorCode;
  readonly details: Record<string, unknown>;
  constructor(code: ExportErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
