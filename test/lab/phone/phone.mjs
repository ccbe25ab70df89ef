/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { credentials, parseChallenge } from './digest.mjs';
import { locate } from './locate.mjs';
import { openTls } from './secure.mjs';
import { answerOfSim } from './sim.mjs';
import { outsideOf } from './stun.mjs';
import { openWebSocket } from './websocket.mjs';
import { openTcp, openUdp } from './wire.mjs';

/*
 * A SIP phone that registers as RFC 3261 §10.2 has it, or wrongly in one named way (the options are
 * described in phone-options.ts). Started as `node phone.mjs '{…}'`; prints one line of JSON.
 */

const T1_MS = 500;
const T2_MS = 4000;
const TIMER_F_MS = 64 * T1_MS;

const options = {
	transport: 'udp',
	serverPort: 5060,
	localPort: 5060,
	rport: true,
	expires: 3600,
	userAgent: 'LabPhone/1.0',
	answerChallenge: true,
	maxChallenges: 1,
	follow423: false,
	keepCallId: true,
	firstCSeq: 1,
	cseqStep: 1,
	refreshes: 0,
	refreshAfterMs: 1000,
	tries: 1,
	retryAfterMs: 2000,
	answerDelayMs: 0,
	stayMs: 0,
	...JSON.parse(process.argv[2] ?? '{}'),
};

const passwords = options.passwords ?? [options.password ?? ''];
const state = {
	callId: options.callId ?? randomBytes(8).toString('hex'),
	fromTag: randomBytes(4).toString('hex'),
	cseq: options.firstCSeq - options.cseqStep,
	nonceCount: 0,
	firstNonce: undefined,
	challenge: undefined,
	challengeHeader: undefined,
	expires: options.expires,
	waiting: undefined,
	registers: 0,
	sends: 0,
	statuses: [],
	requestsAnswered: 0,
	error: undefined,
};

const header = (message, name) =>
	new RegExp(`^${name}\\s*:\\s*(.*?)\\r?$`, 'im').exec(message)?.[1];
const statusOf = (message) => Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);

/** OPTIONS and NOTIFY keep-alives of the registrar; everything else a phone gets here is foreign. */
function answerRequest(message, reply) {
	const lines = message.split('\r\n');
	const kept = lines.filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line));
	const tagged = kept.map((line) =>
		/^to\s*:/i.test(line) && !/;tag=/i.test(line) ? `${line};tag=${state.fromTag}` : line,
	);
	reply(['SIP/2.0 200 OK', ...tagged, 'Content-Length: 0', '', ''].join('\r\n'));
	state.requestsAnswered += 1;
}

const on = {
	message: (message, reply) => {
		const status = statusOf(message);
		if (status === 0) {
			if (options.answerRequests !== false && /^\w+ \S+ SIP\/2\.0/.test(message)) {
				answerRequest(message, reply);
			}
			return;
		}
		const { waiting } = state;
		if (waiting === undefined || !(header(message, 'Via') ?? '').includes(waiting.branch)) return;
		if (status < 200) waiting.proceeding = true;
		else waiting.done({ kind: 'final', status, message });
	},
	error: (code) => {
		state.error ??= code;
		state.waiting?.done({ kind: 'error', code });
	},
};

/** Says what came of it all, once there is nothing more to do. */
function report(registered) {
	const { registers, sends, statuses, requestsAnswered, error } = state;
	process.stdout.write(
		`${JSON.stringify({ registered, registers, sends, statuses, requestsAnswered, error })}\n`,
	);
}

if (options.nameServer !== undefined) {
	try {
		Object.assign(options, await locate(options));
	} catch (error) {
		state.error = error.code ?? error.message;
		report(false);
		process.exit(0);
	}
}

const place = {
	address: options.address,
	port: options.localPort,
	listenPort: options.listenPort,
	server: options.server,
	serverPort: options.serverPort,
	connected: options.connected === true,
	heedsSource: options.heedsSource === true,
	tls: { name: options.domain, ...options.tls },
	certificates: options.certificates,
	path: options.path ?? '/ws',
};
const OPEN = { udp: openUdp, tcp: openTcp, tls: openTls, ws: openWebSocket };
let wire = await OPEN[options.transport](place, on);
let localPort = wire.localPort ?? options.localPort;
const bracketed = (host) => (host.includes(':') ? `[${host}]` : host);
if (options.stun !== undefined) {
	const outside = await outsideOf(wire, options.stun);
	if (options.contactFromStun) options.contact = `sip:${options.user}@${outside}`;
}
const domain = options.domain ?? bracketed(options.server);
const requestUser = options.requestUser === undefined ? '' : `${options.requestUser}@`;
const requestUri = `sip:${requestUser}${domain}${options.domainPort === undefined ? '' : `:${options.domainPort}`}`;
const aor = `sip:${options.user}@${domain}`;

function contact() {
	const { transport } = options;
	const parameter = transport === 'udp' ? '' : `;transport=${transport}`;
	const uri =
		options.contact ?? `sip:${options.user}@${bracketed(options.address)}:${localPort}${parameter}`;
	const instance =
		options.instance === undefined ? '' : `;+sip.instance="<urn:uuid:${options.instance}>"`;
	return `Contact: <${uri}>${instance}${options.contactParameters ?? ''}`;
}

function authorization(password) {
	const { challenge } = state;
	const username = options.authUsername ?? options.user;
	if (challenge === undefined) {
		// Of the IMS: the first REGISTER names its private identity (3GPP TS 24.229 §5.1.1.2).
		const names = `username="${username}", realm="${domain}", uri="${requestUri}"`;
		return options.namesItselfFirst
			? [`Authorization: Digest ${names}, nonce="", response=""`]
			: [];
	}
	state.nonceCount += 1;
	const value = credentials(challenge, {
		username,
		...(options.sim === undefined ? { password } : answerOfSim(options.sim, challenge)),
		realm: options.realm,
		algorithm: options.algorithm,
		uri: requestUri,
		nonce: options.reuseFirstNonce ? state.firstNonce : undefined,
		nc: options.countsFromOne ? 1 : state.nonceCount,
		hashedWith: options.hashedWith,
		hashedRealm: options.hashedRealm,
		hashedUri: options.hashedUri,
		hashedMethod: options.hashedMethod,
		leftOut: options.leftOut,
	});
	return [`${state.challengeHeader}: ${value}`];
}

function buildRegister(branch, expires, password) {
	state.cseq += options.cseqStep;
	if (!options.keepCallId) state.callId = randomBytes(8).toString('hex');
	const sentBy = `${bracketed(options.viaHost ?? options.address)}:${options.viaPort ?? localPort}`;
	const via = `Via: SIP/2.0/${options.transport.toUpperCase()} ${sentBy};branch=${branch}`;
	return [
		`REGISTER ${requestUri} SIP/2.0`,
		`${via}${options.rport ? ';rport' : ''}`,
		'Max-Forwards: 70',
		`From: <sip:${options.fromUser ?? options.user}@${domain}>;tag=${state.fromTag}`,
		`To: <${aor}>`,
		`Call-ID: ${state.callId}`,
		`CSeq: ${state.cseq} REGISTER`,
		expires === 0 && options.removesAll ? 'Contact: *' : contact(),
		`Expires: ${expires}`,
		`User-Agent: ${options.userAgent}`,
		...(options.headers ?? []),
		...(options.paddingBytes ? [`X-Device-Data: ${'0'.repeat(options.paddingBytes)}`] : []),
		...authorization(password),
		'Content-Length: 0',
		'',
		'',
	].join('\r\n');
}

/** One client transaction, RFC 3261 §17.1.2: resends by Timer E, gives up at Timer F. */
function transact(text, branch) {
	return new Promise((resolve) => {
		let resend;
		const patienceMs = state.registers === 1 ? (options.impatientMs ?? TIMER_F_MS) : TIMER_F_MS;
		const giveUp = setTimeout(() => waiting.done({ kind: 'timeout' }), patienceMs);
		const waiting = {
			branch,
			proceeding: false,
			done: (outcome) => {
				clearTimeout(giveUp);
				clearTimeout(resend);
				state.waiting = undefined;
				resolve(outcome);
			},
		};
		state.waiting = waiting;
		const send = (next) => {
			state.sends += 1;
			wire.send(text, state.registers % 2 === 0 ? options.otherServer : undefined);
			if (wire.reliable) return;
			// §17.1.2.2: in Proceeding, Timer E is T2 from then on.
			const gap = waiting.proceeding ? T2_MS : next;
			resend = setTimeout(() => send(Math.min(gap * 2, T2_MS)), gap);
		};
		if (state.error !== undefined && wire.reliable)
			waiting.done({ kind: 'error', code: state.error });
		else send(T1_MS);
	});
}

/** RFC 3261 §18.1.1; what it falls back to where nobody listens there, this phone does not know. */
async function changeToTcp() {
	wire.close();
	options.transport = 'tcp';
	wire = await openTcp(place, on);
	localPort = wire.localPort ?? options.localPort;
}

async function registerOnce(expires, password) {
	const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
	state.registers += 1;
	let text = buildRegister(branch, expires, password);
	if (options.transport === 'udp' && text.length > (options.tcpAbove ?? Infinity)) {
		await changeToTcp();
		state.cseq -= options.cseqStep;
		text = buildRegister(branch, expires, password);
	}
	const outcome = await transact(text, branch);
	state.statuses.push(outcome.kind === 'final' ? outcome.status : outcome.kind);
	return outcome;
}

function rememberChallenge(outcome) {
	const proxy = outcome.status === 407;
	const value = header(outcome.message, proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
	if (value === undefined) return false;
	const challenge = parseChallenge(value);
	if (challenge.nonce !== state.challenge?.nonce) state.nonceCount = 0;
	state.challenge = challenge;
	const isProxyHeader = proxy !== (options.wrongCredentialsHeader === true);
	state.challengeHeader = isProxyHeader ? 'Proxy-Authorization' : 'Authorization';
	state.firstNonce ??= challenge.nonce;
	return true;
}

/** Whether a final is a challenge that this phone answers. */
function isAnswered({ status, message }, challenges) {
	if (status !== 401 && status !== 407) return false;
	const isRefusal = state.challenge !== undefined && !/stale=true/i.test(message);
	if (isRefusal && options.givesUpWhenRefused) return false;
	return options.answerChallenge && challenges < options.maxChallenges;
}

/** REGISTERs until something other than a challenge or a 423 that is followed; true for a 2xx. */
async function register(wanted, password) {
	let expires = wanted;
	let challenges = 0;
	for (;;) {
		const outcome = await registerOnce(expires, password);
		if (outcome.kind !== 'final') return false;
		if (outcome.status < 300) return true;
		if (outcome.status === 423 && options.follow423) {
			expires = Number(header(outcome.message, 'Min-Expires') ?? expires);
			state.expires = expires;
			continue;
		}
		if (!isAnswered(outcome, challenges)) return false;
		challenges += 1;
		if (!rememberChallenge(outcome)) return false;
		await delay(options.answerDelaysMs?.[challenges - 1] ?? options.answerDelayMs);
	}
}

/** Whether one of `tries` attempts with this password registered. */
async function tryToRegister(password, isFirst) {
	for (let attempt = 0; attempt < options.tries; attempt += 1) {
		if (!isFirst || attempt > 0) await delay(options.retryAfterMs);
		if (!options.cacheNonce) state.challenge = undefined;
		if (await register(state.expires, password)) return true;
	}
	return false;
}

/** An INVITE, and the ACK for whatever it is refused with (RFC 3261 §17.1.1.3). */
async function call({ user, route }) {
	const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
	const uri = `sip:${user}@${domain}`;
	const request = (method, to) =>
		[
			`${method} ${uri} SIP/2.0`,
			`Via: SIP/2.0/UDP ${options.address}:${localPort};branch=${branch};rport`,
			...(route === undefined ? [] : [`Route: ${route}`]),
			'Max-Forwards: 70',
			`From: <${aor}>;tag=${state.fromTag}`,
			`To: ${to}`,
			`Call-ID: call-${state.callId}`,
			`CSeq: 1 ${method}`,
			contact(),
			'Content-Length: 0',
			'',
			'',
		].join('\r\n');
	const outcome = await transact(request('INVITE', `<${uri}>`), branch);
	if (outcome.kind === 'final') wire.send(request('ACK', header(outcome.message, 'To')));
}

/** The life of a registered phone: refreshes, a while of waiting, perhaps its own removal. */
async function stayRegistered(password) {
	let registered = true;
	if (options.call !== undefined) await call(options.call);
	for (let refresh = 0; refresh < options.refreshes; refresh += 1) {
		await delay(options.refreshAfterMs);
		if (!options.cacheNonce) state.challenge = undefined;
		if (options.removesFirst) await register(0, password);
		registered = await register(state.expires, password);
	}
	await delay(options.stayMs);
	if (options.unregister) await register(0, password);
	return registered;
}

async function live() {
	for (const [index, password] of passwords.entries()) {
		if (await tryToRegister(password, index === 0)) return stayRegistered(password);
	}
	return false;
}

const registered = await live();
wire.close();
report(registered);
