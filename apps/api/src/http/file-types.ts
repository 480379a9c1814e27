/** What browsers show by themselves and run nothing of, with how such a file is called where it has no name. */
const SHOWN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
    "video/webm": "webm",
  }),
);

/** What is called what it is, and saved rather than shown. */
const SAVED: ReadonlyMap<string, string> = new Map([["application/pdf", "pdf"]]);

const ANY = "application/octet-stream";

/** All that files are called in answers. */
export const FILE_TYPES: readonly string[] = [...SHOWN.keys(), ...SAVED.keys(), ANY];

/**
 * What a file is called that its sender calls `mimeType`, and whether it may be shown in a page. What is not known to be
 * harmless, such as HTML and SVG, is bytes and nothing else.
 */
export function fileTypeOf(mimeType: string): { type: string; extension: string; isShown: boolean } {
  const type = mimeType.split(";", 1).join("").trim().toLowerCase();
  const [shown, saved] = [SHOWN.get(type), SAVED.get(type)];
  if (shown !== undefined) return { type, extension: shown, isShown: true };
  if (saved !== undefined) return { type, extension: saved, isShown: false };
  return { type: ANY, extension: "bin", isShown: false };
}
