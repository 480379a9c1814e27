/** Receives one sentence about what is being done. */
export type Log = (line: string) => void;

/** A server of our own on 127.0.0.1. Port, password and data stay the same through stops, kills and restarts. */
export interface EmbeddedServer {
  /** With the password in it: never print it. */
  readonly url: string;
  readonly port: number;
  /** Of the running server; of the last one while it is stopped. */
  readonly pid: number;
  /** The file that the server writes its own messages to. */
  readonly logFile: string;
  /** An orderly end. Does nothing when the server is not running. */
  stop(): Promise<void>;
  /** SIGKILL: what a power cut looks like to the data. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after an orderly end if it still runs. */
  restart(): Promise<void>;
}
