import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { describeStatus, lastTransaction } from '../../registration/attempt-facts.js';
import { type NearerAnswer, nearerAnswer } from '../../registration/between-places.js';
import { isRefused } from '../../registration/outcome.js';
import { placeName } from '../../registration/place.js';
import type { RegisterTransaction, Registration } from '../../registration/registration.js';
import { firstHeader } from '../../sip/header-fields.js';
import type { SipResponse } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

/** What hosts and routers start with. */
const INITIAL_TTLS = [64, 128, 255];

const MAX_ATTEMPTS = 100;

export default defineRule({
	id: 'sip-intercepted',
	severity: 'fatal',
	title: 'Something nearer than the registrar answers in its name',
	references: ['RFC 3261 §16', 'RFC 791 §3.2'],
	explanation: {
		means:
			'The answer bears the address of the server, but it has passed no router on its way, while the server stands in another network. A box at the site answers for it: a router with a SIP proxy of its own, or a firewall.',
		causes: [
			'A router or firewall with a transparent SIP proxy (FortiGate, ISP routers with telephony of their own).',
			'A redirection of port 5060 to a local PBX.',
		],
		confirm:
			'Send an OPTIONS with Max-Forwards 0, or the REGISTER to another port or by TLS, and compare Server header and round trip with those of the first answer.',
		lookAlikes: [
			'A server that stands on the same link with a public address answers without a router between.',
			'Machines of one cluster answer with different Server headers and lifetimes.',
			'A capture on the router itself sees its packets fresh.',
			'A router or tunnel that makes each packet anew gives it a fresh TTL; behind it the server sends the same answer.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Switch the SIP proxy or redirection of the router off, or register by TLS.',
		},
	],
	check({ attempt, vantage, registration, places, index }) {
		const last = lastTransaction(attempt);
		const final = last?.phone.final;
		if (last === undefined || final === undefined || !isRefused(attempt.outcome)) return SILENT;
		const { phone } = last;
		if (isPassedOn(last, final)) return SILENT;
		const nearer = nearerAnswer(last, registration, places);
		const far = fartherAnswer(final, [registration, ...index.sharingAddress(registration)]);
		if (nearer !== undefined) return betweenPlaces(nearer, phone, far);
		return vantage.vantage === 'client' || vantage.vantage === 'unknown'
			? atThePhone(final, phone, far)
			: SILENT;
	},
});

/** On a leg behind the phone's the same server says the same: whatever makes packets anew has only passed it on. */
function isPassedOn({ hops, phone }: RegisterTransaction, final: Observed<SipResponse>): boolean {
	return hops.some(
		(hop) =>
			hop !== phone &&
			hop.responses.some(
				({ src, message }) =>
					src.address === final.src.address && message.statusCode === final.message.statusCode,
			),
	);
}

/** The answer has passed no router, although one must stand between. */
function atThePhone(
	final: Observed<SipResponse>,
	{ client, server, request }: ClientTransaction,
	far: Observed<SipResponse> | undefined,
): Verdict {
	if (!isPrivateAddress(client.address) || isPrivateAddress(server.address)) return SILENT;
	// From another address it is in nobody's name.
	if (final.src.address !== server.address) return SILENT;
	if (!isFresh(request) || !isFresh(final)) return SILENT;
	const differs = far !== undefined && serverOf(far) !== serverOf(final);
	return {
		kind: 'fires',
		confidence: differs ? 'strong' : far === undefined ? 'possible' : 'likely',
		summary: `The answer of ${server.address}${named(final)} arrives with a TTL of ${final.packet.ttl ?? ''}: it has passed no router, although the server is not in the network of ${client.address}${far === undefined ? '' : `; another answer has a TTL of ${far.packet.ttl ?? ''}${named(far)}`}.`,
		evidence: inOrder(
			evidenceOf(final, 'IP TTL', `${final.packet.ttl ?? ''}${named(final)}`),
			...evidenceIf(
				far,
				'IP TTL',
				`${far?.packet.ttl ?? ''}${far === undefined ? '' : named(far)}`,
			),
		),
	};
}

/** Another answer from the same address that has come a longer way, to this phone or to another at its place. */
function fartherAnswer(
	final: Observed<SipResponse>,
	registrations: readonly Registration[],
): Observed<SipResponse> | undefined {
	if (!isFresh(final)) return undefined;
	return registrations
		.flatMap(({ attempts }) => attempts.slice(-MAX_ATTEMPTS))
		.flatMap(({ transactions }) => transactions)
		.flatMap(({ phone }) => phone.responses)
		.find(
			(one) =>
				one.src.address === final.src.address &&
				one.source === final.source &&
				one.packet.ttl !== undefined &&
				!isFresh(one),
		);
}

function isFresh({ packet: { ttl } }: Pick<Observed, 'packet'>): boolean {
	return ttl !== undefined && INITIAL_TTLS.includes(ttl);
}

function serverOf({ message }: Observed<SipResponse>): string | undefined {
	return (firstHeader(message, 'server') ?? firstHeader(message, 'user-agent'))?.value;
}

function named(response: Observed<SipResponse>): string {
	const name = serverOf(response);
	return name === undefined ? '' : ` (${name})`;
}

/** Two captures: the answer arrives at the phone, and the server of that address never sent it. */
function betweenPlaces(
	{ final, place, arrived }: NearerAnswer,
	{ request, server }: ClientTransaction,
	far: Observed<SipResponse> | undefined,
): Verdict {
	const status = describeStatus(final);
	const what = arrived
		? 'the REGISTER arrives and is not answered so'
		: 'there is no such REGISTER';
	return {
		kind: 'fires',
		// A capture that leaves out what it did not look for shows no REGISTER either; the way of the answer does.
		confidence: arrived || far !== undefined ? 'proven' : 'strong',
		summary: `The phone is answered ${status}${named(final)} in the name of ${server.address}; in ${placeName(place)}, taken at that server, ${what}: something between the two answers for it.`,
		evidence: inOrder(
			evidenceOf(request, 'REGISTER', `to ${formatEndpoint(server)}`),
			evidenceOf(final, 'Status', `${status}${named(final)}, not in ${placeName(place)}`),
			...evidenceIf(
				far,
				'IP TTL',
				`${far?.packet.ttl ?? ''}, where that answer has ${final.packet.ttl ?? ''}`,
			),
		),
	};
}
