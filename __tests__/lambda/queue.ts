import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { signatureFault } from "./signature.ts";

/*
 * A fake SQS queue that follows the SQS API reference (AWS JSON 1.0 protocol).
 *
 * - SendMessageBatch accepts ten messages and 262,144 bytes in total; more gets a 400 for the whole batch. A character
 *   outside those of XML 1.0 gets 400 InvalidMessageContents. The response is 200 even when some messages failed, which
 *   are listed in `Failed`. Every accepted message is listed with the MD5 of its body, which the SDK compares.
 * - ReceiveMessage returns up to ten messages and hides them for VisibilityTimeout seconds, with new receipt handles.
 * - ChangeMessageVisibilityBatch with 0 makes them visible immediately; DeleteMessageBatch deletes them.
 */

const MAX_BYTES = 262_144;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the character set that SQS documents
const REFUSED_CHARACTERS = /[^\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export type QueueFault = "500" | "one fails" | "drop" | "silence" | "none";

interface Message {
  readonly id: string;
  readonly body: string;
  receipt: string;
  hiddenUntil: number;
}

type Input = Record<string, unknown> & {
  Entries?: { Id: string; MessageBody?: string; ReceiptHandle?: string; VisibilityTimeout?: number }[];
};

export class Queue {
  faults: QueueFault[] = [];
  readonly messages: Message[] = [];
  readonly wrongSignatures: string[] = [];
  url = "";

  readonly #server = createServer((request, response) => this.#serve(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/123456789012/dead-letters`;
    return this.url;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  put(body: string): void {
    this.messages.push({ id: randomUUID(), body, receipt: "", hiddenUntil: 0 });
  }

  empty(): void {
    this.messages.length = 0;
    this.faults = [];
  }

  /** Every dead letter, and every other message, parsed as JSON. */
  get contents(): Record<string, unknown>[] {
    return this.messages.flatMap(({ body }) => {
      const content = JSON.parse(body);
      return content.deadLetters ?? [content];
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(request);
    const wrong = signatureFault(request, raw, "sqs");
    if (wrong) {
      this.wrongSignatures.push(wrong);
      return reply(response, 403, { __type: "SignatureDoesNotMatch" });
    }
    const fault = this.faults.shift();
    if (fault === "silence") {
      return;
    }
    if (fault === "drop") {
      request.socket.destroy();
      return;
    }
    if (fault === "500") {
      return reply(response, 500, { __type: "InternalFailure" });
    }
    const operation = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
    const input: Input = JSON.parse(raw.toString());
    switch (operation) {
      case "SendMessageBatch":
        return this.#send(input, response, fault === "one fails");
      case "ReceiveMessage":
        return this.#receive(input, response);
      case "DeleteMessageBatch":
        return this.#forEach(input, response, (message) => this.messages.splice(this.messages.indexOf(message), 1));
      case "ChangeMessageVisibilityBatch":
        return this.#forEach(input, response, (message, { VisibilityTimeout = 0 }) => {
          message.hiddenUntil = Date.now() + VisibilityTimeout * 1000;
        });
      default:
        return reply(response, 400, { __type: "InvalidAction", message: operation });
    }
  }

  #send({ Entries = [] }: Input, response: ServerResponse, lastFails: boolean): void {
    const bodies = Entries.map((entry) => entry.MessageBody ?? "");
    if (Entries.length > 10 || bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) > MAX_BYTES) {
      reply(response, 400, { __type: "com.amazonaws.sqs#BatchRequestTooLong" });
    } else if (bodies.some((body) => REFUSED_CHARACTERS.test(body))) {
      reply(response, 400, { __type: "com.amazonaws.sqs#InvalidMessageContents" });
    } else {
      const accepted = lastFails ? Entries.slice(0, -1) : Entries;
      const Successful = accepted.map(({ Id, MessageBody = "" }) => {
        this.put(MessageBody);
        return { Id, MessageId: this.messages.at(-1)?.id, MD5OfMessageBody: md5(MessageBody) };
      });
      const Failed = Entries.slice(accepted.length).map(({ Id }) => ({
        Id,
        Code: "InternalError",
        SenderFault: false,
      }));
      reply(response, 200, { Successful, Failed });
    }
  }

  #receive({ MaxNumberOfMessages = 1, VisibilityTimeout = 30 }: Input, response: ServerResponse): void {
    const visible = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= Date.now());
    const Messages = visible.slice(0, Number(MaxNumberOfMessages)).map((message) => {
      message.receipt = randomUUID();
      message.hiddenUntil = Date.now() + Number(VisibilityTimeout) * 1000;
      return {
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: md5(message.body),
      };
    });
    reply(response, 200, { Messages });
  }

  #forEach(
    { Entries = [] }: Input,
    response: ServerResponse,
    act: (message: Message, entry: NonNullable<Input["Entries"]>[number]) => unknown,
  ): void {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of Entries) {
      const message = this.messages.find(({ receipt }) => receipt === entry.ReceiptHandle);
      if (message) {
        act(message, entry);
        Successful.push({ Id: entry.Id });
      } else {
        Failed.push({ Id: entry.Id, Code: "ReceiptHandleIsInvalid", SenderFault: true });
      }
    }
    reply(response, 200, { Successful, Failed });
  }
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}
