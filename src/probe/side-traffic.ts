/*
 * What goes over the transport of the REGISTERs beside them: one OPTIONS of the probe's own, and what the server asks of
 * the phone it takes the probe for.
 */
import type { Endpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import { answerRequest } from './answer-request.js';
import { hasBranch } from './has-branch.js';
import { optionsRequest } from './options-request.js';
import { Ping } from './ping.js';
import type { Identity } from './register-request.js';
import type { SipTransport } from './transport.js';

/** Requests of the server that are answered; a peer that floods the probe draws no flood. */
const MAX_ANSWERS = 50;

interface SideTrafficDeps {
	/** A fresh Via branch, with its magic cookie. */
	readonly newBranch: () => string;
	/** Puts what was sent into the trace; undefined once that is full. */
	readonly record: (transport: SipTransport, bytes: Uint8Array) => Instant | undefined;
}

export class SideTraffic {
	readonly #deps: SideTrafficDeps;
	#ping: Ping | undefined;
	#answered = 0;

	constructor(deps: SideTrafficDeps) {
		this.#deps = deps;
	}

	/** The OPTIONS, once it was sent. */
	get ping(): Ping | undefined {
		return this.#ping;
	}

	/** The OPTIONS as long as it waits for an answer. */
	get unanswered(): Uint8Array | undefined {
		return this.#ping?.isAnswered === false ? this.#ping.bytes : undefined;
	}

	/** To be called behind the REGISTER, so that what the network refuses first is the REGISTER. */
	sendOptions(transport: SipTransport, identity: Identity): void {
		if (!transport.usable) return;
		const branch = this.#deps.newBranch();
		const { local, name } = transport;
		// A token of its own, and the host as in the Call-ID of the REGISTERs.
		const callId = `${branch.slice(-20)}@${local.address}`;
		const bytes = optionsRequest({ identity, branch, callId, transport: name, local });
		const sentAt = this.#deps.record(transport, bytes);
		if (sentAt === undefined) return;
		this.#ping = new Ping(bytes, branch, sentAt);
		transport.send(bytes);
	}

	/** True where the response was one to the OPTIONS. */
	takes(response: SipResponse, at: Instant): boolean {
		if (this.#ping === undefined || !hasBranch(response, this.#ping.branch)) return false;
		this.#ping.onResponse(response, at);
		return true;
	}

	/** Only the server that was asked is answered: an answer goes where the REGISTERs go, one for each request. */
	serve(transport: SipTransport, identity: Identity, request: SipRequest, from: Endpoint): void {
		const { remote } = transport;
		if (this.#answered >= MAX_ANSWERS || !transport.usable) return;
		if (from.address !== remote.address || from.port !== remote.port) return;
		const bytes = answerRequest(request, identity.fromTag, identity.userAgent);
		if (bytes === undefined) return;
		this.#answered += 1;
		this.#deps.record(transport, bytes);
		transport.send(bytes);
	}
}
