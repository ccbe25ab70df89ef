/* What is remembered of one address and User-Agent until it is known for a scanner, or has registered a phone. */

import { detached } from '../bytes/detached.js';
import { formatEndpoint } from '../net/endpoint.js';
import type { SipRequest } from '../sip/message.js';
import { mixedText } from '../sip/skeleton.js';
import { isChallenge } from '../sip/status-codes.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { sentTimes } from '../transaction/client-transaction.js';
import type { RegisterTransaction } from './registration.js';
import type { Guess, ScannedRegister } from './scanned-register.js';
import {
	type AcceptedGuess,
	isAttackTool,
	isBoundAtServer,
	isBoundElsewhere,
	type ScannerSource,
	type SeenFrame,
	userIn,
} from './scanner.js';
import { isWithdrawn, type Verdict, verdictOn } from './scanner-verdict.js';

/** Guesses are counted within it. */
const WINDOW_MS = 60_000;

/** What is said of a name or a password, and not of a server in trouble. */
const REFUSALS = [401, 403, 404, 407, 410, 484, 485, 604];

/** Sets stop growing here; they only need to reach the limits above. */
const MAX_SET = 128;
const MAX_NAMES = 8;
/** Different names that are counted exactly, of one source. */
const MAX_COUNTED_AORS = 5_000;

export interface Suspect {
	readonly address: string;
	readonly userAgent: string | undefined;
	readonly server: string;
	readonly first: SeenFrame;
	last: SeenFrame;
	verdict: Verdict | undefined;
	registers: number;
	/** Requests other than REGISTER, by method. */
	readonly others: Map<string, number>;
	transactions: number;
	withCredentials: number;
	refused: number;
	/** Final responses of any kind. */
	answered: number;
	/** REGISTERs in the call that the address-of-record had before. */
	returns: number;
	/** Of a server that asks for credentials; they came or they did not. */
	challenges: number;
	accepted: AcceptedGuess | undefined;
	isProxy: boolean;
	/** REGISTERs whose Contact is at the server, and at somebody else's address. */
	marked: number;
	elsewhere: number;
	readonly servers: number[];
	/** Address-of-record → the latest Call-ID. */
	readonly aors: Map<number, number>;
	readonly names: string[];
	readonly callIds: number[];
	readonly contactHosts: number[];
	readonly statuses: Map<number, number>;
	/** What was new since `windowStart`. */
	windowStart: Instant;
	windowAors: number;
	/** The address-of-record that credentials were tried on last, and what was tried on it within the window. */
	guessed: number;
	guessStart: Instant;
	guesses: number;
	readonly usernames: number[];
	readonly guessCalls: number[];
	question: number;
	readonly responses: number[];
}

/** A request of any method, between the two that it goes between. */
export type Asked = Pick<ClientTransaction, 'request' | 'client' | 'server' | 'transport'>;

/** One of which nothing is known but who it is. */
export function makeSuspect(
	{ request, client, server, transport }: Asked,
	userAgent: string | undefined,
): Suspect {
	const seen = seenFrame(request);
	return {
		address: client.address,
		userAgent: userAgent === undefined ? undefined : detached(userAgent.slice(0, 120)),
		server: `${formatEndpoint(server)} over ${transport.toUpperCase()}`,
		first: seen,
		last: seen,
		verdict: isAttackTool(userAgent) ? { kind: 'tool', because: 'it names itself' } : undefined,
		registers: 0,
		others: new Map(),
		transactions: 0,
		withCredentials: 0,
		refused: 0,
		answered: 0,
		returns: 0,
		challenges: 0,
		accepted: undefined,
		isProxy: false,
		marked: 0,
		elsewhere: 0,
		servers: [],
		aors: new Map(),
		names: [],
		callIds: [],
		contactHosts: [],
		statuses: new Map(),
		windowStart: seen.at,
		windowAors: 0,
		guessed: 0,
		guessStart: seen.at,
		guesses: 0,
		usernames: [],
		guessCalls: [],
		question: 0,
		responses: [],
	};
}

/** The same, to be gone on with while the other one stays as it is. */
export function copySuspect(suspect: Suspect): Suspect {
	return {
		...suspect,
		aors: new Map(suspect.aors),
		others: new Map(suspect.others),
		names: [...suspect.names],
		servers: [...suspect.servers],
		callIds: [...suspect.callIds],
		contactHosts: [...suspect.contactHosts],
		statuses: new Map(suspect.statuses),
		usernames: [...suspect.usernames],
		guessCalls: [...suspect.guessCalls],
		responses: [...suspect.responses],
	};
}

/** Takes in what it did next; `read` is of the REGISTER. */
export function watch(
	suspect: Suspect,
	transaction: RegisterTransaction,
	read: ScannedRegister,
): void {
	const { request, sends, final, to } = transaction.phone;
	suspect.last = seenFrame(sends.at(-1) ?? request);
	suspect.registers += sentTimes(transaction.phone);
	suspect.transactions += 1;
	noteAor(suspect, transaction.phone);
	if (final !== undefined) noteAnswer(suspect, final, to);
	const { guess } = read.ways;
	if (guess !== undefined) suspect.withCredentials += 1;
	// Of one that is known only what it tried is still told.
	if (suspect.verdict !== undefined && !isWithdrawn(suspect, suspect.verdict)) return;
	noteWays(suspect, transaction, read);
	if (guess !== undefined && isRefusal(final?.message.statusCode))
		noteGuess(suspect, transaction, guess);
	suspect.verdict = verdictOn(suspect);
}

/** Takes in a request other than REGISTER of one that names itself. */
export function watchOther(suspect: Suspect, request: Observed<SipRequest>): void {
	const { method } = request.message;
	suspect.last = seenFrame(request);
	suspect.verdict ??= { kind: 'tool', because: 'it names itself' };
	const name = METHODS.find((one) => one === method) ?? 'other requests';
	suspect.others.set(name, (suspect.others.get(name) ?? 0) + 1);
}

const METHODS = ['OPTIONS', 'INVITE', 'SUBSCRIBE', 'MESSAGE', 'BYE', 'CANCEL', 'ACK', 'PUBLISH'];

/** Where it goes, under how many Call-IDs, and where it wants to be called. */
function noteWays(
	suspect: Suspect,
	transaction: RegisterTransaction,
	{ ways: { contactHost: host, isThroughProxy } }: ScannedRegister,
): void {
	const { callId, server } = transaction.phone;
	add(suspect.callIds, mixedText(0, callId));
	add(suspect.servers, mixedText(0, server.address));
	if (host !== undefined) add(suspect.contactHosts, mixedText(0, host));
	if (isBoundAtServer(transaction, host)) suspect.marked += 1;
	if (isBoundElsewhere(transaction, host)) suspect.elsewhere += 1;
	suspect.isProxy ||= isThroughProxy;
}

function noteGuess(suspect: Suspect, { phone }: RegisterTransaction, guess: Guess): void {
	const aor = mixedText(0, phone.to);
	if (suspect.guessed !== aor || elapsedMs(suspect.guessStart, phone.request.at) > WINDOW_MS) {
		suspect.guessed = aor;
		suspect.guessStart = phone.request.at;
		suspect.guesses = 0;
		suspect.usernames.length = 0;
		suspect.guessCalls.length = 0;
	}
	suspect.guesses += 1;
	add(suspect.usernames, mixedText(0, guess.username));
	add(suspect.guessCalls, mixedText(0, phone.callId));
	const question = mixedText(0, guess.question);
	if (question !== suspect.question) suspect.responses.length = 0;
	suspect.question = question;
	add(suspect.responses, mixedText(0, guess.response));
}

function noteAor(suspect: Suspect, { to, callId, request }: ClientTransaction): void {
	const { aors, names } = suspect;
	const aor = mixedText(0, to);
	const call = mixedText(0, callId);
	if (elapsedMs(suspect.windowStart, request.at) > WINDOW_MS) {
		suspect.windowStart = request.at;
		suspect.windowAors = 0;
	}
	const before = aors.get(aor);
	if (before === call) suspect.returns += 1;
	if (before === undefined && aors.size >= MAX_COUNTED_AORS) return;
	aors.set(aor, call);
	if (before !== undefined) return;
	suspect.windowAors += 1;
	if (names.length >= MAX_NAMES) return;
	const name = nameOf(to);
	if (!names.includes(name)) names.push(name);
}

function nameOf(to: string): string {
	return detached(userIn(to).slice(0, 60));
}

function noteAnswer(
	suspect: Suspect,
	final: SeenFrame & { readonly message: { readonly statusCode: number } },
	to: string,
): void {
	const { statusCode } = final.message;
	if (suspect.statuses.has(statusCode) || suspect.statuses.size < MAX_SET)
		suspect.statuses.set(statusCode, (suspect.statuses.get(statusCode) ?? 0) + 1);
	suspect.answered += 1;
	if (statusCode < 300) suspect.accepted ??= { ...seenFrame(final), name: nameOf(to) };
	if (isRefusal(statusCode)) suspect.refused += 1;
	if (isChallenge(statusCode)) suspect.challenges += 1;
}

function isRefusal(status: number | undefined): boolean {
	return status !== undefined && REFUSALS.includes(status);
}

/** What is told of it; undefined where it is not known for a scanner. */
export function scannerSource(suspect: Suspect): ScannerSource | undefined {
	const { address, userAgent, server, registers, names, withCredentials, statuses } = suspect;
	if (suspect.verdict === undefined) return undefined;
	const { kind, because } = suspect.verdict;
	return {
		...{ address, userAgent, kind, because, server },
		...{ registers, names, withCredentials, statuses, others: suspect.others },
		aors: { count: suspect.aors.size, atLeast: suspect.aors.size >= MAX_COUNTED_AORS },
		...{ first: suspect.first, last: suspect.last, accepted: suspect.accepted },
	};
}

function add(set: number[], value: number): void {
	if (set.length < MAX_SET && !set.includes(value)) set.push(value);
}

/** Not the message, which would be kept alive with it. */
function seenFrame({ source, frame, at }: SeenFrame): SeenFrame {
	return { source, frame, at };
}
