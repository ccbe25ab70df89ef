/** A request to be sent; every string is wire text (Latin-1, one character a byte). */
export interface RequestToSend {
	readonly method: string;
	readonly requestUri: string;
	/** In the order to be sent. Content-Length is added at the end where it is missing. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array;
}

export interface ResponseToSend {
	readonly statusCode: number;
	readonly reasonPhrase: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array;
}

/** The bytes of a request (RFC 3261 §7.1). Throws on CR, LF or NUL in any part: it would start a header field of its own. */
export function serializeRequest(request: RequestToSend): Uint8Array {
	const { method, requestUri, headers, body } = request;
	if (!isToken(method)) throw new Error('the method is not a token');
	if (/[ \t\r\n<>]/.test(requestUri) || requestUri === '')
		throw new Error('the Request-URI is not a URI');
	return serialize(`${method} ${requestUri} SIP/2.0`, headers, body);
}

/** The bytes of a response (RFC 3261 §7.2). Throws as `serializeRequest` does. */
export function serializeResponse(response: ResponseToSend): Uint8Array {
	const { statusCode, reasonPhrase, headers, body } = response;
	return serialize(`SIP/2.0 ${statusCode} ${reasonPhrase}`, headers, body);
}

function serialize(
	startLine: string,
	headers: readonly (readonly [name: string, value: string])[],
	body: Uint8Array,
): Uint8Array {
	const lines = [oneLine(startLine, 'the start-line')];
	for (const [name, value] of headers) {
		if (!isToken(name)) throw new Error('a header field name is not a token');
		lines.push(`${name}: ${oneLine(value, name)}`);
	}
	if (!headers.some(([name]) => /^(content-length|l)$/i.test(name))) {
		lines.push(`Content-Length: ${body.length}`);
	}
	return Buffer.concat([...lines.map((line) => encode(`${line}\r\n`)), encode('\r\n'), body]);
}

/** The text itself. The error names the place and not the text, which may hold a secret. */
function oneLine(text: string, place: string): string {
	if (/[\r\n\0]/.test(text)) throw new Error(`${place} contains a line break or NUL`);
	return text;
}

function isToken(text: string): boolean {
	return /^[A-Za-z0-9\-.!%*_+`'~]+$/.test(text);
}

/** Wire text byte for byte; text that cannot be Latin-1 as UTF-8, which is what SIP is written in (RFC 3261 §7). */
function encode(text: string): Uint8Array {
	const isWireText = Array.from(text).every((character) => character.charCodeAt(0) <= 0xff);
	return Buffer.from(text, isWireText ? 'latin1' : 'utf8');
}
