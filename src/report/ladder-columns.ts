import { formatEndpoint } from '../net/endpoint.js';
import type { Leg, Registration } from '../registration/registration.js';

/** One lifeline of the ladder. */
export interface LadderColumn {
	/** `ip:port`. */
	readonly endpoint: string;
	readonly role: string;
}

/** Endpoints beside the path (an answer from another port) that get a lifeline of their own. */
const MAX_STRANGERS = 2;

/** No terminal has room for more lifelines; an attacker's Call-ID from thousands of ports makes thousands of legs. */
const MAX_LEGS = 16;

/**
 * The endpoints of the path, phone first. A leg towards a server that is there already came through something that
 * gave it another address, a NAT: it stands before that server.
 */
export function ladderColumns(
	registration: Registration,
	beyondPhone: ReadonlySet<string>,
): readonly LadderColumn[] {
	const { messages } = registration;
	const path = wholePath(registration);
	const servers = new Set(path.map(({ server }) => formatEndpoint(server)));
	const order: string[] = [];
	const translated = new Set<string>();
	const phone = path[0]?.client.address;
	const again = new Set<string>();
	for (const leg of path.slice(0, MAX_LEGS)) {
		const client = formatEndpoint(leg.client);
		const server = formatEndpoint(leg.server);
		const at = order.indexOf(server);
		if (at === -1) order.push(...[client, server].filter((each) => !order.includes(each)));
		else if (!order.includes(client)) {
			order.splice(at, 0, client);
			// From UDP to TCP a phone changes its port, and is no NAT.
			(leg.client.address === phone ? again : translated).add(client);
		}
	}
	const seen = new Set(
		messages.flatMap(({ observed }) => [
			formatEndpoint(observed.src),
			formatEndpoint(observed.dst),
		]),
	);
	const strangers = [...seen].filter((each) => !order.includes(each)).slice(0, MAX_STRANGERS);
	// Servers that the phone asks itself, one after the other, are no way from one to the next.
	const isOneHop =
		path.every(({ client }) => client.address === phone) &&
		path.some(({ server }) => server.address !== path[0]?.server.address);
	const last = path.length > 1 && !isOneHop ? 'registrar' : 'server';
	const first = path[0] !== undefined && beyondPhone.has(path[0].source) ? 'phone or NAT' : 'phone';
	const known = order.map((endpoint, index) => {
		if (index === 0 || again.has(endpoint)) return { endpoint, role: first };
		if (translated.has(endpoint)) return { endpoint, role: 'NAT' };
		if (isOneHop || index === order.length - 1) return { endpoint, role: last };
		// Nobody asks it anything: it is the side from which an SBC asks others.
		return { endpoint, role: servers.has(endpoint) ? 'SBC or proxy' : 'SBC, other side' };
	});
	const asking = new Set(
		messages.flatMap(({ observed: { message, src, dst } }) =>
			message.kind === 'request' ? [formatEndpoint(src), formatEndpoint(dst)] : [],
		),
	);
	/** A REGISTER between other ports of theirs; an answer from one may be anybody's. */
	const roleOf = (endpoint: string) =>
		asking.has(endpoint)
			? known.find((column) => addressOf(column.endpoint) === addressOf(endpoint))?.role
			: undefined;
	const beside = strangers.map((endpoint) => ({ endpoint, role: roleOf(endpoint) ?? 'elsewhere' }));
	return numbered([...known, ...beside]);
}

/** Of `ip:port`. */
function addressOf(endpoint: string): string {
	return endpoint.slice(0, endpoint.lastIndexOf(':'));
}

/** The path, and the legs behind it that only other attempts went: an SBC answers some REGISTERs itself. */
function wholePath({ path, attempts }: Registration): readonly Leg[] {
	const known = new Set(path.map(({ server }) => formatEndpoint(server)));
	const behind = new Map<string, Leg>();
	for (const { hops } of attempts.flatMap(({ transactions }) => transactions)) {
		if (!known.has(formatEndpoint(hops[0].server))) continue;
		for (const hop of hops.slice(1)) {
			const key = `${formatEndpoint(hop.client)}>${formatEndpoint(hop.server)}`;
			if (!known.has(formatEndpoint(hop.server)) && behind.size < MAX_LEGS) behind.set(key, hop);
		}
	}
	return [...path, ...behind.values()];
}

/** `SBC or proxy`, `SBC or proxy 2`: one name means one lifeline. */
function numbered(columns: readonly LadderColumn[]): readonly LadderColumn[] {
	return columns.map(({ endpoint, role }, index) => {
		const nth = columns.slice(0, index + 1).filter((each) => each.role === role).length;
		return { endpoint, role: nth === 1 ? role : `${role} ${nth}` };
	});
}
