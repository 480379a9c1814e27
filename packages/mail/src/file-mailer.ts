import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId, type Logger } from "@parley/runtime";
import { createTransport } from "nodemailer";
import type { MailConfig } from "./config.ts";
import type { Mailer } from "./mailer.ts";

/** For whoever runs the installation alone: mails hold links that let in whoever opens them. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** Every mail becomes an .eml file, which mail programs open; names sort by time. */
export function createFileMailer(config: Pick<MailConfig, "directory" | "from">, logger: Logger): Mailer {
  const { directory, from } = config;
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: "windows",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      const { message } = await transport.sendMail({ ...mail, from });
      await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
      const file = join(directory, `${newId()}.eml`);
      // Whoever lists the directory sees whole mails only.
      await writeFile(`${file}.part`, message, { mode: FILE_MODE });
      await rename(`${file}.part`, file);
      logger.info({ file }, "a mail was written to a file, because SMTP_URL is not set");
    },
    close: () => transport.close(),
  };
}
