import { expect, test } from "vitest";
import { fileTypeOf } from "./file-types.ts";

test.each([
  ["image/jpeg", "image/jpeg", true],
  ["IMAGE/PNG", "image/png", true],
  ["audio/ogg; codecs=opus", "audio/ogg", true],
  ["video/mp4", "video/mp4", true],
  ["application/pdf", "application/pdf", false],
  ["image/svg+xml", "application/octet-stream", false],
  ["text/html", "application/octet-stream", false],
  ["text/html; image/png", "application/octet-stream", false],
  ["application/xhtml+xml", "application/octet-stream", false],
  ["constructor", "application/octet-stream", false],
  ["", "application/octet-stream", false],
])("%j is sent as %s", (mimeType, type, isShown) => {
  expect(fileTypeOf(mimeType)).toMatchObject({ type, isShown });
});
