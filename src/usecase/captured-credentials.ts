/** The credentials in one frame of a capture, and what the capture shows around them. */
import type { DigestChallenge, DigestCredentials } from '../digest/digest.js';
import type { SearchNames, SearchRequest } from '../digest/search/search-request.js';
import type { OfferedChallenge } from '../registration/authentication.js';
import { digestNames, searchRequest } from '../registration/digest-names.js';
import { firstHeader } from '../sip/header-fields.js';
import { readChallenges } from '../sip/headers/authenticate.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';
import type { NetworkEvent, Observed, TraceSink } from '../trace/observed.js';
import { traceCapture } from '../trace/trace-capture.js';
import { UsageError } from './usage-error.js';

export interface CapturedCredentials {
	readonly method: string;
	readonly body: Uint8Array;
	readonly credentials: DigestCredentials;
	/** The last one of the same realm before it. */
	readonly challenge: DigestChallenge | undefined;
	readonly names: SearchNames;
	readonly request: SearchRequest;
	/** Those of other requests of the same Call-ID and realm. */
	readonly others: readonly SearchRequest[];
}

export interface FrameToExamine {
	/** The path as given, or `-`. */
	readonly name: string;
	readonly chunks: AsyncIterable<Uint8Array>;
	/** Wireshark's number. */
	readonly frame: number;
	/** Which credentials, where the request carries several. */
	readonly realm: string | undefined;
}

/** Messages kept before the frame; the challenge stands right before it. */
const MAX_BEFORE = 2_000;
const MAX_OTHERS = 8;

interface Asked {
	readonly request: Observed<SipRequest>;
	readonly challenges: OfferedChallenge[];
}

/** Throws UsageError where the frame holds no credentials, CaptureError where the capture cannot be read. */
export async function credentialsInFrame(wanted: FrameToExamine): Promise<CapturedCredentials> {
	const { name, chunks, frame, realm } = wanted;
	const log = new CredentialsLog(frame);
	await traceCapture(name, chunks, log);
	const { found, asked, other } = log;
	if (found === undefined) throw new UsageError(`frame ${frame} of ${name} ${other}`, HINT);
	const sent = readCredentials(found.message).flatMap(({ digest }) => digest ?? []);
	const credentials = sent.find((one) => realm === undefined || one.realm === realm);
	if (credentials === undefined) {
		throw new UsageError(
			`the ${found.message.method} in frame ${frame} of ${name} carries no Digest credentials${realm === undefined ? '' : ' for this realm'}`,
			HINT,
		);
	}
	return around(found, credentials, asked);
}

const HINT = 'Give the frame of a request with Authorization or Proxy-Authorization.';

function around(
	found: Observed<SipRequest>,
	credentials: DigestCredentials,
	asked: readonly Asked[],
): CapturedCredentials {
	const callId = callIdOf(found.message);
	const dialogue = asked.filter(({ request }) => callIdOf(request.message) === callId);
	const before = dialogue.slice(
		0,
		dialogue.findIndex(({ request }) => request === found),
	);
	const offers = before.flatMap(({ challenges }) => challenges.map(({ digest }) => digest));
	const account = { username: credentials.username ?? '', realm: undefined };
	const others = dialogue.flatMap(({ request }) => {
		const digest = readCredentials(request.message)
			.flatMap((one) => one.digest ?? [])
			.find(({ realm }) => realm === credentials.realm);
		const isOther = digest?.response !== undefined && digest.response !== credentials.response;
		return isOther ? [searchRequest({ request }, { digest }, dialogue)] : [];
	});
	return {
		method: found.message.method,
		body: found.message.body,
		credentials,
		challenge: offers.findLast(({ realm }) => realm === credentials.realm) ?? offers.at(-1),
		names: digestNames(account, { request: found }, dialogue),
		request: searchRequest({ request: found }, { digest: credentials }, dialogue),
		others: others.slice(-MAX_OTHERS),
	};
}

/** Keeps requests and the challenges that answer them, of any method. */
class CredentialsLog implements TraceSink {
	readonly #frame: number;
	readonly asked: Asked[] = [];
	found: Observed<SipRequest> | undefined;
	/** What the frame holds in place of a request. */
	other = 'holds no SIP message';

	constructor(frame: number) {
		this.#frame = frame;
	}

	message(observed: Observed): void {
		const { message } = observed;
		const isFrame = observed.frames.includes(this.#frame);
		if (isFrame && message.kind === 'response')
			this.other = `holds a response, ${message.statusCode}`;
		if (message.kind === 'response') this.#noteChallenges(message, observed);
		else {
			const request = { ...observed, message };
			if (isFrame) this.found ??= request;
			this.asked.push({ request, challenges: [] });
			if (this.found === undefined && this.asked.length > MAX_BEFORE) this.asked.shift();
			if (this.asked.length > 2 * MAX_BEFORE) this.asked.length = 2 * MAX_BEFORE;
		}
	}

	/** What the network says is of no use to a digest. */
	event(_event: NetworkEvent): void {
		return;
	}

	#noteChallenges(message: SipMessage, observed: Observed): void {
		if (message.kind !== 'response') return;
		if (!isChallenge(message.statusCode)) return;
		const [callId, cseq] = [callIdOf(message), cseqOf(message)];
		const asked = this.asked.findLast(
			({ request }) => callIdOf(request.message) === callId && cseqOf(request.message) === cseq,
		);
		for (const { header, digest } of readChallenges(message)) {
			if (digest !== undefined)
				asked?.challenges.push({ header, digest, response: { ...observed, message } });
		}
	}
}

function callIdOf(message: SipMessage): string {
	return firstHeader(message, 'call-id')?.value ?? '';
}

function cseqOf(message: SipMessage): string {
	return firstHeader(message, 'cseq')?.value ?? '';
}
