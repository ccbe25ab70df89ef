import { formatEndpoint } from '../../net/endpoint.js';
import {
	answeredElsewhere,
	otherAnsweredHere,
	registerAnsweredElsewhere,
} from '../../registration/answered-elsewhere.js';
import {
	describeSends,
	describeStatus,
	hasNoResponse,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import type { SipResponse } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

const SIP_PORT = 5060;

export default defineRule({
	id: 'sip-alg-drops',
	severity: 'fatal',
	title: 'Only SIP on the known port vanishes; the same server answers a REGISTER elsewhere',
	references: ['RFC 3261 §18.1.1', 'RFC 4787 §7'],
	explanation: {
		means:
			'From the same place the same server answers a REGISTER on another port or transport, and over UDP to 5060 nothing comes back: something on the way looks at that port, a SIP ALG that drops what it cannot read, or a filter. Where an OPTIONS passes there, it reads the text.',
		causes: [
			'A SIP ALG drops REGISTERs that it does not understand: long lines, unknown headers, a Contact without port, no free port.',
			'A firewall or provider filters UDP port 5060, or the REGISTERs on it.',
		],
		confirm:
			'Send the same REGISTER to port 5060 and to the other port at the same time, and capture behind the router.',
		lookAlikes: [
			'A server that takes no UDP there, and says so to nobody: from the phone alone it looks the same. A probe, which tries transports that nobody set up, does not decide between them.',
			'A server that ignores REGISTER over UDP by its own rules.',
			'A ban of the address concerns every port.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Switch the SIP ALG off; allow UDP 5060 to the server.' },
		{ who: 'phone', what: 'Register on the port that works, or by TLS.' },
	],
	check(subject) {
		const { attempt, registration, vantage, index } = subject;
		const phone = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || phone === undefined || !hasNoResponse(attempt))
			return SILENT;
		if (phone.transport !== 'udp' || phone.server.port !== SIP_PORT) return SILENT;
		if (vantage.vantage === 'server' || attempt !== registration.decisive) return SILENT;
		const here = otherAnsweredHere(phone, index);
		const register = registerAnsweredElsewhere(phone, registration, index);
		const elsewhere = register ?? answeredElsewhere(phone, registration, index);
		if (here !== undefined && register !== undefined) return dropped(phone, here, register);
		if (here !== undefined) return onlyRegisterSilent(here);
		if (register !== undefined && !subject.isProbe) return nothingPasses(phone, register);
		return elsewhere === undefined ? SILENT : wholePortSilent(elsewhere, subject);
	},
});

type Answer = Observed<SipResponse>;
type Transaction = NonNullable<ReturnType<typeof lastTransaction>>['phone'];

function dropped(phone: Transaction, here: Answer, register: Answer): Verdict {
	const server = formatEndpoint(phone.server);
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `${server} over UDP gives no answer to the REGISTER (sent ${describeSends(phone)}) and ${describeStatus(here)} to an OPTIONS over the same port, while ${place(register)} answers a REGISTER with ${describeStatus(register)}: something on the way reads SIP over UDP and drops the REGISTER, or the server ignores it over UDP.`,
		evidence: inOrder(
			evidenceOf(phone.request, 'REGISTER', `to ${server}, no answer`),
			evidenceOf(here, 'Status', `${describeStatus(here)} to an OPTIONS from ${server}`),
			evidenceOf(register, 'Status', `${describeStatus(register)} from ${place(register)}`),
		),
	};
}

/** A phone is told to use UDP by somebody who knows the server. */
function nothingPasses(phone: Transaction, register: Answer): Verdict {
	const server = formatEndpoint(phone.server);
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `${server} over UDP gives no answer (REGISTER sent ${describeSends(phone)}), while ${place(register)} answers a REGISTER with ${describeStatus(register)}: a filter or a SIP ALG on that port, unless the server takes no UDP there.`,
		evidence: inOrder(
			evidenceOf(phone.request, 'REGISTER', `to ${server}, no answer`),
			evidenceOf(register, 'Status', `${describeStatus(register)} from ${place(register)}`),
		),
	};
}

function onlyRegisterSilent(here: Answer): Verdict {
	return {
		kind: 'cannot-tell',
		because: `an OPTIONS to the same port was answered (${describeStatus(here)}) and the REGISTER was not: an ALG or filter that reads SIP, or a server that takes no REGISTER from here`,
		decidedBy:
			'a capture behind the router; a probe over TCP and TLS as well (--transport udp,tcp,tls)',
	};
}

function wholePortSilent(elsewhere: Answer, { isProbe }: Subject): Verdict {
	return {
		kind: 'cannot-tell',
		because: `${place(elsewhere)} answers, and nothing at all comes from UDP ${SIP_PORT}: a filter of the port, an ALG that drops, and a server that takes no UDP there look alike from here`,
		decidedBy: `a capture behind the router${isProbe ? '; a probe with --alg, which tries requests that an ALG passes on' : ''}`,
	};
}

function place({ src, transport }: Answer): string {
	return `${formatEndpoint(src)} over ${transport.toUpperCase()}`;
}
