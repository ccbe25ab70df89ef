/*
 * A SIP message whose header fields are read when somebody asks for them: of most messages of a large capture nobody
 * does. What it keeps is one Latin-1 string, which costs a tenth of a byte array.
 */
import type { Malformed } from '../bytes/malformed.js';
import type { HeaderField, SipMessage, SipRequest, SipResponse } from './message.js';
import type { StartLine } from './start-line.js';
import { fieldsIn } from './wire-fields.js';

/** Messages of which something that was read is held at one time. */
const MAX_READ = 1024;
/** Header fields that are looked for one by one: to read all of them costs as much as some ten of these. */
const MAX_LOOKS = 8;

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
	#rest: MessageRest | undefined;
	#known: Map<unknown, unknown> | undefined;
	#looks = 0;

	constructor(version: string, wire: string, read: (wire: string) => MessageRest) {
		this.version = version;
		this.wire = wire;
		this.#read = read;
	}

	get headers(): readonly HeaderField[] {
		return this.#parts.headers;
	}

	fieldsWith(id: string): readonly HeaderField[] {
		if (this.#rest === undefined && this.#looks < MAX_LOOKS) {
			this.#looks += 1;
			const found = fieldsIn(this.wire, id);
			if (found !== undefined) return found;
		}
		return this.#parts.headers.filter((field) => field.id === id);
	}

	get known(): Map<unknown, unknown> {
		if (this.#known === undefined) {
			this.#known = new Map();
			if (this.#rest === undefined) RECENT.next(this);
		}
		return this.#known;
	}

	get defects(): readonly Malformed[] {
		return this.#parts.defects;
	}

	get body(): Uint8Array {
		if (this.#rest === undefined && isAllHead(this.wire)) return NO_OCTETS;
		const { bodyStart, bodyEnd } = this.#parts;
		return octets(this.wire.slice(bodyStart, bodyEnd));
	}

	get bytes(): Uint8Array {
		return octets(this.wire.slice(0, this.#parts.bodyEnd));
	}

	get #parts(): MessageRest {
		if (this.#rest === undefined) {
			this.#rest = this.#read(this.wire);
			if (this.#known === undefined) RECENT.next(this);
		}
		return this.#rest;
	}

	/** What was read takes several times the room of the text, and can be read again. */
	forget(): void {
		this.#rest = undefined;
		this.#known = undefined;
		this.#looks = 0;
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

const NO_OCTETS = new Uint8Array(0);

/** The text ends with its first empty line. */
function isAllHead(wire: string): boolean {
	return wire.indexOf('\n\r\n') === wire.length - 3 && !wire.includes('\n\n');
}

function octets(text: string): Uint8Array {
	return Buffer.from(text, 'latin1');
}
