/*
 * `--stun`: what STUN servers see of the very port that the REGISTER left from (RFC 8489, RFC 5780 §4.3), beside what
 * the registrar saw of it in received and rport.
 */
import { isIP } from 'node:net';
import { isPrivateAddress } from '../../net/address.js';
import { type Endpoint, formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { type Experiment, inconclusive } from './experiment.js';
import { judgeMapping, type Mapping, type Sighting } from './mapping.js';
import { openStunClient, type StunClient, type StunDeps } from './stun-client.js';

/** A server whose name was resolved, or why not. */
export interface NamedServer {
	/** As the user wrote it. */
	readonly name: string;
	readonly endpoint: Endpoint | undefined;
	readonly why: string | undefined;
}

export interface StunInputs {
	readonly servers: readonly NamedServer[];
	/** The port of the REGISTER; free by now. */
	readonly local: Endpoint;
	/** What the registrar saw of that port over UDP, where it said both. */
	readonly registrarSaw: Endpoint | undefined;
}

export interface StunResult {
	readonly experiment: Experiment;
	readonly mapping: Mapping;
	/** The address outside. */
	readonly outside: string | undefined;
}

const COLUMNS = ['asked', 'saw', 'as'] as const;

export async function stunExperiment(inputs: StunInputs, deps: StunDeps): Promise<StunResult> {
	const client = await openStunClient(inputs.local, deps);
	if ('errno' in client) {
		const text = `UDP port ${inputs.local.port} cannot be had again (${client.errno})`;
		return failedResult(text);
	}
	try {
		return judge(inputs, await sightings(inputs.servers, client));
	} finally {
		await client.close();
	}
}

interface Row {
	readonly asked: string;
	readonly saw: Sighting | undefined;
	readonly note: string;
}

async function sightings(
	servers: readonly NamedServer[],
	client: StunClient,
): Promise<readonly Row[]> {
	const rows: Row[] = [];
	for (const { name, endpoint, why } of servers) {
		if (endpoint === undefined || isIP(endpoint.address) !== isIP(client.local.address)) {
			rows.push({ asked: name, saw: undefined, note: why ?? 'is of another address family' });
			continue;
		}
		const told = await client.ask(endpoint);
		rows.push(rowOf(endpoint, told?.mapped));
		if (told?.other === undefined) continue;
		// RFC 5780 §4.3: another address first; only where that differs does its other port say more.
		for (const port of new Set([endpoint.port, told.other.port])) {
			const alternate = { address: told.other.address, port };
			if (sameEndpoint(alternate, endpoint)) continue;
			const again = await client.ask(alternate);
			rows.push(rowOf(alternate, again?.mapped));
			if (again !== undefined && sameEndpoint(again.mapped, told.mapped)) break;
		}
	}
	return rows;
}

function rowOf(server: Endpoint, mapped: Endpoint | undefined): Row {
	const asked = `STUN ${formatEndpoint(server)}`;
	return mapped === undefined
		? { asked, saw: undefined, note: 'no answer' }
		: { asked, saw: { by: asked, mapped }, note: '' };
}

function judge({ local, registrarSaw }: StunInputs, asked: readonly Row[]): StunResult {
	const stunSaw = asked.flatMap(({ saw }) => saw ?? []);
	const first = stunSaw[0];
	// A private address beside a public one is no mapping but an edited answer; the alg step tells.
	const edited =
		registrarSaw !== undefined &&
		first !== undefined &&
		isPrivateAddress(registrarSaw.address) &&
		!isPrivateAddress(first.mapped.address);
	const rows: readonly Row[] = [
		...asked,
		...(registrarSaw === undefined
			? []
			: [
					{
						asked: 'the registrar',
						saw: { by: 'the registrar', mapped: registrarSaw },
						note: edited ? 'not counted: edited on the way, or another route' : '',
					},
				]),
	];
	const counted = rows.flatMap(({ saw, note }) => (saw === undefined || note !== '' ? [] : [saw]));
	const mapping = first === undefined ? NOBODY : judgeMapping(local, counted);
	const experiment: Experiment = {
		id: 'stun',
		verdict: mapping.kind,
		text: mapping.text,
		columns: COLUMNS,
		rows: rows.map(({ asked: by, saw, note }) => [
			by,
			saw === undefined ? note : formatEndpoint(saw.mapped),
			saw === undefined ? '' : asWords(local, saw.mapped, note),
		]),
		proof: [],
	};
	return { experiment, mapping, outside: first?.mapped.address };
}

const NOBODY: Mapping = { kind: 'cannot-tell', text: 'no STUN server answered' };

function asWords(local: Endpoint, mapped: Endpoint, note: string): string {
	if (note !== '') return note;
	if (sameEndpoint(local, mapped)) return 'the socket itself';
	return local.port === mapped.port
		? `port ${local.port} kept`
		: `port ${local.port} became ${mapped.port}`;
}

/** Where the experiment could not be done. */
export function failedResult(text: string): StunResult {
	const mapping = { kind: 'cannot-tell', text } as const;
	return { experiment: inconclusive('stun', text), mapping, outside: undefined };
}
