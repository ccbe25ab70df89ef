/*
 * A SIP message whose header fields are read when somebody asks for them: of most messages of a large capture nobody
 * does. What it keeps is one Latin-1 string, which costs a tenth of a byte array.
 */
import type { Malformed } from '../bytes/malformed.js';
import type { HeaderField, SipMessage, SipRequest, SipResponse } from './message.js';
import type { StartLine } from './start-line.js';

/** Messages whose header fields are held at one time. */
const MAX_READ = 1024;

/** Everything behind the start-line. */
export interface MessageRest {
	readonly headers: readonly HeaderField[];
	readonly defects: readonly Malformed[];
	/** Offsets of the body in the text. */
	readonly bodyStart: number;
	readonly bodyEnd: number;
}

/** A message of which the start-line is read; `read` reads the rest of `wire`, once and not before it is needed. */
export function lazyMessage(
	startLine: StartLine,
	wire: string,
	read: (wire: string) => MessageRest,
): SipMessage {
	return startLine.kind === 'request'
		? new LazyRequest(startLine, wire, read)
		: new LazyResponse(startLine, wire, read);
}

class LazyParts {
	readonly version: string;
	readonly wire: string;
	readonly #read: (wire: string) => MessageRest;
	#rest: (MessageRest & { readonly known: Map<unknown, unknown> }) | undefined;

	constructor(version: string, wire: string, read: (wire: string) => MessageRest) {
		this.version = version;
		this.wire = wire;
		this.#read = read;
	}

	get headers(): readonly HeaderField[] {
		return this.#parts.headers;
	}

	get known(): Map<unknown, unknown> {
		return this.#parts.known;
	}

	get defects(): readonly Malformed[] {
		return this.#parts.defects;
	}

	get body(): Uint8Array {
		const { bodyStart, bodyEnd } = this.#parts;
		return octets(this.wire.slice(bodyStart, bodyEnd));
	}

	get bytes(): Uint8Array {
		return octets(this.wire.slice(0, this.#parts.bodyEnd));
	}

	get #parts(): MessageRest & { readonly known: Map<unknown, unknown> } {
		if (this.#rest === undefined) {
			this.#rest = { ...this.#read(this.wire), known: new Map() };
			RECENT.next(this);
		}
		return this.#rest;
	}

	/** What was read takes several times the room of the text, and can be read again. */
	forget(): void {
		this.#rest = undefined;
	}
}

/** The messages that were read last: rules ask for the same few again and again. */
class Recent {
	readonly #messages: LazyParts[] = [];
	#at = 0;

	next(message: LazyParts): void {
		this.#messages[this.#at]?.forget();
		this.#messages[this.#at] = message;
		this.#at = (this.#at + 1) % MAX_READ;
	}
}

const RECENT = new Recent();

class LazyRequest extends LazyParts implements SipRequest {
	readonly kind = 'request';
	readonly method: string;
	readonly requestUri: string;

	constructor(
		{ version, method, requestUri }: Extract<StartLine, { kind: 'request' }>,
		wire: string,
		read: (wire: string) => MessageRest,
	) {
		super(version, wire, read);
		this.method = method;
		this.requestUri = requestUri;
	}
}

class LazyResponse extends LazyParts implements SipResponse {
	readonly kind = 'response';
	readonly statusCode: number;
	readonly reasonPhrase: string;

	constructor(
		{ version, statusCode, reasonPhrase }: Extract<StartLine, { kind: 'response' }>,
		wire: string,
		read: (wire: string) => MessageRest,
	) {
		super(version, wire, read);
		this.statusCode = statusCode;
		this.reasonPhrase = reasonPhrase;
	}
}

function octets(text: string): Uint8Array {
	return Buffer.from(text, 'latin1');
}
