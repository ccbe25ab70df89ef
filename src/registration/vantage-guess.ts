/*
 * Where a capture was taken, from the packets and never from the text: who sent with an initial TTL, which packets the
 * capturing host marks as its own, whose address is a neighbour on the link, who comes through a gateway, who answers
 * too soon to be far away (knowledge B0.4).
 */
import { isPrivateAddress } from '../net/address.js';
import { isReported } from '../trace/hep-report.js';
import type { NeighbourEvent, Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { RegisterTransaction } from './registration.js';
import type { VantageGuess } from './vantage.js';
import { fromGateways, fromResponseTimes } from './vantage-hints.js';

/** TTL and hop limit values that hosts start with; any other has passed a router. */
const INITIAL_TTLS = [32, 64, 128, 255];

const BY_REPORTS_ALONE: VantageGuess = {
	vantage: 'unknown',
	reason: 'the messages are known by reports in HEP alone, which do not tell whose side saw them',
};

/** The guess for the source of these REGISTERs; only their legs at the phone are looked at, unless a NAT stands in it. */
export function guessVantage(
	registers: readonly RegisterTransaction[],
	neighbours: readonly NeighbourEvent[],
): VantageGuess {
	const seen = registers.map(({ phone }) => phone);
	// Where a report is captured says nothing of where its message went by, and its times are those of the way to the monitor.
	const transactions = seen.filter(({ request }) => !isReported(request));
	const requests = transactions.flatMap(({ sends }) => sends);
	const responses = transactions.flatMap(({ responses: all }) => all);
	const translated = fromTranslation(registers);
	if (translated !== undefined) return translated;
	if (transactions.length === 0 && seen.length > 0) return BY_REPORTS_ALONE;
	return (
		fromDirection(requests, responses) ??
		fromChecksums(requests, responses) ??
		fromTtl(requests, responses) ??
		fromNeighbours(transactions, neighbours) ??
		fromRequestTtl(requests) ??
		fromGateways(requests, responses) ??
		fromResponseTimes(transactions) ?? {
			vantage: 'unknown',
			reason:
				'neither TTL, packet direction, neighbours nor response times tell whose side this is',
		}
	);
}

/** The very same request before and behind a NAT: the router was captured, or the captures of both sides were merged. */
function fromTranslation(registers: readonly RegisterTransaction[]): VantageGuess | undefined {
	for (const { phone, hops } of registers) {
		const behind = hops.find((hop) => hop !== phone && hop.branch === phone.branch);
		if (behind === undefined || phone.branch === undefined) continue;
		const frames = `${phone.request.frame}, ${behind.request.frame}`;
		const reason = `the REGISTER is there before and behind a NAT (frames ${frames})`;
		return { vantage: 'middle', reason };
	}
	return undefined;
}

/** The capturing host says itself which packets it sent. */
function fromDirection(
	requests: readonly Observed[],
	responses: readonly Observed[],
): VantageGuess | undefined {
	const sent = requests.find(({ packet }) => packet.direction === 'outbound');
	const received = requests.find(({ packet }) => packet.direction === 'inbound');
	if (sent !== undefined && received !== undefined) {
		return {
			vantage: 'middle',
			reason: `the capturing host receives and sends REGISTERs (frames ${received.frame}, ${sent.frame})`,
		};
	}
	if (sent !== undefined) {
		return {
			vantage: 'client',
			reason: `the capturing host itself sent the REGISTER (frame ${sent.frame})`,
		};
	}
	const answer = responses.find(({ packet }) => packet.direction === 'outbound');
	if (answer !== undefined) {
		return {
			vantage: 'server',
			reason: `the capturing host itself sent the response (frame ${answer.frame})`,
		};
	}
	return undefined;
}

/** Checksum offload: the host that computes checksums in its network card captures its own packets with wrong ones. */
function fromChecksums(
	requests: readonly Observed[],
	responses: readonly Observed[],
): VantageGuess | undefined {
	const badRequests =
		requests.length > 0 && requests.every(({ packet }) => packet.udpChecksum === 'bad');
	const badResponses =
		responses.length > 0 && responses.every(({ packet }) => packet.udpChecksum === 'bad');
	if (badRequests && responses.some(({ packet }) => packet.udpChecksum === 'good')) {
		return {
			vantage: 'client',
			reason: 'only the requests have unfinished UDP checksums (checksum offload of the sender)',
		};
	}
	if (badResponses && requests.some(({ packet }) => packet.udpChecksum === 'good')) {
		return {
			vantage: 'server',
			reason: 'only the responses have unfinished UDP checksums (checksum offload of the sender)',
		};
	}
	return undefined;
}

/** One side's packets have passed a router, the other's have not. */
function fromTtl(
	requests: readonly Observed[],
	responses: readonly Observed[],
): VantageGuess | undefined {
	const request = requests.find(({ packet }) => packet.ttl !== undefined);
	const response = responses.find(({ packet }) => packet.ttl !== undefined);
	if (request?.packet.ttl === undefined || response?.packet.ttl === undefined) return undefined;
	const fresh = {
		request: isInitial(request.packet.ttl),
		response: isInitial(response.packet.ttl),
	};
	const values = `REGISTER has TTL ${request.packet.ttl} (frame ${request.frame}), the response ${response.packet.ttl} (frame ${response.frame})`;
	if (fresh.request && !fresh.response)
		return { vantage: 'client', reason: `${values}: only the REGISTER has passed no router` };
	if (!fresh.request && fresh.response)
		return { vantage: 'server', reason: `${values}: only the response has passed no router` };
	if (!fresh.request && !fresh.response)
		return { vantage: 'middle', reason: `${values}: both have passed routers` };
	return undefined;
}

/** ARP and neighbour discovery: an address that is seen on this link is not behind a router. */
function fromNeighbours(
	transactions: readonly ClientTransaction[],
	neighbours: readonly NeighbourEvent[],
): VantageGuess | undefined {
	if (neighbours.length === 0) return undefined;
	const addresses = new Set(neighbours.map(({ address }) => address));
	const client = transactions.find(({ client: { address } }) => addresses.has(address))?.client
		.address;
	const server = transactions.find(({ server: { address } }) => addresses.has(address))?.server
		.address;
	if (client !== undefined && server === undefined) {
		return {
			vantage: 'client',
			reason: `${client} is a neighbour on this link (ARP), the server is not`,
		};
	}
	if (server !== undefined && client === undefined) {
		return {
			vantage: 'server',
			reason: `${server} is a neighbour on this link (ARP), the client is not`,
		};
	}
	const routed = transactions.find(
		({ request: { packet } }) => packet.ttl !== undefined && !isInitial(packet.ttl),
	);
	if (server !== undefined && routed !== undefined) {
		const { packet, frame } = routed.request;
		return {
			vantage: 'server',
			reason: `${server} is a neighbour on this link (ARP), and the REGISTER has passed a router (TTL ${packet.ttl}, frame ${frame})`,
		};
	}
	return undefined;
}

/** Nothing but requests: only one that has passed no router tells something. */
function fromRequestTtl(requests: readonly Observed[]): VantageGuess | undefined {
	const request = requests.find(({ packet }) => packet.ttl !== undefined);
	const ttl = request?.packet.ttl;
	if (request === undefined || ttl === undefined) return undefined;
	if (
		isInitial(ttl) &&
		isPrivateAddress(request.src.address) &&
		!isPrivateAddress(request.dst.address)
	) {
		return {
			vantage: 'client',
			reason: `REGISTER from the private ${request.src.address} to a public server has TTL ${ttl} (frame ${request.frame}): it has passed no router`,
		};
	}
	return undefined;
}

function isInitial(ttl: number): boolean {
	return INITIAL_TTLS.includes(ttl);
}
