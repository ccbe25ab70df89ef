/*
 * REGISTERs and their answers as transcript events, for tests that turn on one header field: a request is a value with
 * defaults, `sent` and `answered` show it on the wire.
 */

export interface Request {
	/** `address:port` as in a transcript. */
	readonly client: string;
	readonly server: string;
	readonly transport: string;
	/** undefined: a peer of RFC 2543. */
	readonly branch: string | undefined;
	readonly sentBy: string;
	/** Vias below the top one. */
	readonly below: readonly string[];
	readonly aor: string;
	readonly callId: string;
	readonly cseq: number;
	/** undefined: a query. */
	readonly contact: string | undefined;
	readonly expires: number | undefined;
	readonly userAgent: string;
	readonly headers: readonly string[];
}

const DEFAULTS: Request = {
	client: '192.168.1.10:5060',
	server: '203.0.113.5:5060',
	transport: 'UDP',
	branch: 'z9hG4bK1',
	sentBy: '192.168.1.10:5060',
	below: [],
	aor: 'sip:1001@example.com',
	callId: 'call-1',
	cseq: 1,
	contact: '<sip:1001@192.168.1.10:5060>',
	expires: 3600,
	userAgent: 'DeskPhone/2.4.1',
	headers: [],
};

/** A REGISTER; the branch follows the CSeq number unless it is given. */
export function request(parts: Partial<Request> = {}): Request {
	const cseq = parts.cseq ?? DEFAULTS.cseq;
	return { ...DEFAULTS, branch: `z9hG4bK${cseq}`, ...parts };
}

/** The request on the wire at a time in seconds; `marks` as the transcript has them, `[ttl=64]`. */
export function sent(register: Request, at: number, marks = ''): string {
	const { client, server, transport } = register;
	const lines = [
		`+${at.toFixed(4)} ${transport} ${client} > ${server} ${marks}`.trimEnd(),
		'REGISTER sip:example.com SIP/2.0',
		...vias(register),
		'Max-Forwards: 70',
		...dialogue(register),
		...(register.contact === undefined ? [] : [`Contact: ${register.contact}`]),
		...(register.expires === undefined ? [] : [`Expires: ${register.expires}`]),
		`User-Agent: ${register.userAgent}`,
		...register.headers,
	];
	return `${lines.join('\n')}\n\n`;
}

export interface Answer {
	readonly status: number;
	readonly headers?: readonly string[];
	/** Where they differ from the way back. */
	readonly from?: string;
	readonly to?: string;
	readonly marks?: string;
}

/** An answer to the request on the wire, its echo fields copied. */
export function answered(register: Request, at: number, answer: Answer): string {
	const { status, headers = [], from = register.server, to = register.client, marks = '' } = answer;
	const lines = [
		`+${at.toFixed(4)} ${register.transport} ${from} > ${to} ${marks}`.trimEnd(),
		`SIP/2.0 ${status} Text`,
		...vias(register),
		...dialogue(register),
		...headers,
	];
	return `${lines.join('\n')}\n\n`;
}

/** A 401 with this nonce. */
export function challenged(register: Request, at: number, nonce: string, more = ''): string {
	const header = `WWW-Authenticate: Digest realm="example.com", nonce="${nonce}"${more}`;
	return answered(register, at, { status: 401, headers: [header] });
}

/** A 200 that lists these Contacts; without any the one of the request, for an hour. */
export function accepted(register: Request, at: number, contacts?: readonly string[]): string {
	const own = register.contact === undefined ? [] : [`${register.contact};expires=3600`];
	const headers = (contacts ?? own).map((contact) => `Contact: ${contact}`);
	return answered(register, at, { status: 200, headers });
}

/** An Authorization header field whose response nobody checks. */
export function credentials(nonce: string, realm = 'example.com'): string {
	const response = '0123456789abcdef0123456789abcdef';
	return `Authorization: Digest username="1001", realm="${realm}", nonce="${nonce}", uri="sip:example.com", response="${response}"`;
}

function vias({ transport, sentBy, branch, below }: Request): readonly string[] {
	const parameter = branch === undefined ? '' : `;branch=${branch}`;
	return [`Via: SIP/2.0/${transport} ${sentBy}${parameter}`, ...below.map((via) => `Via: ${via}`)];
}

function dialogue({ aor, callId, cseq }: Request): readonly string[] {
	return [`From: <${aor}>;tag=1`, `To: <${aor}>`, `Call-ID: ${callId}`, `CSeq: ${cseq} REGISTER`];
}
