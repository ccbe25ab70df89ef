/*
 * The words of the steps `name`, `address`, `path`, `transport` and `tls`.
 */
import { lacksZone } from '../net/address.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import { clipped } from './checklist.js';
import type { Lookup } from './locate/dns-asker.js';
import type { Located, Target } from './locate/locate-registrar.js';
import type { ProbeStep } from './probe-step.js';
import type { ProbeTransportName, SipTransport, TlsUp } from './transport.js';

type Words = [ProbeStep['state'], string];

const MAX_NAMED = 6;
const MAX_TEXT = 1500;

/** The `name` step: what the DNS was asked, what it said, and how long it took. `server`: whom it was asked of. */
export function nameStep(host: string, located: Located, server: Endpoint | undefined): Words {
	const by = server === undefined ? '' : ` (asked of ${formatEndpoint(server)})`;
	const asked = bounded(located.lookups.map(lookupWords).join('; ')) + by;
	if (located.kind === 'not-located') {
		const why = `${clipped(located.name)} ${whyNot(located.name, located.outcome)} (${located.errno})`;
		return ['failed', `${why}: ${asked}`];
	}
	switch (located.from) {
		case 'literal':
			return ['skipped', `${clipped(host)} is an address, nothing to resolve`];
		case 'dns':
			return [located.lookups.some(isTrouble) ? 'warning' : 'ok', asked];
		case 'system': {
			const addresses = located.targets.map(({ endpoint }) => endpoint.address).join(', ');
			const by = "by this machine's own hosts file or resolver; the DNS has no answer";
			return ['ok', `${clipped(host)} is ${addresses} ${by}: ${asked}`];
		}
	}
}

/** A domain may name more than anybody wants to read. */
function bounded(text: string): string {
	return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function whyNot(
	name: string,
	outcome: Extract<Located, { kind: 'not-located' }>['outcome'],
): string {
	if (outcome === 'no-record' && name.startsWith('_')) return 'is not offered, says its SRV record';
	return WHY_NOT[outcome];
}

const WHY_NOT = {
	nxdomain: 'does not exist in the DNS',
	'no-record': 'has neither an A nor an AAAA record',
	'timed-out': 'could not be resolved: no DNS server answered',
	failure: 'could not be resolved: the DNS server failed or refused',
} as const;

/** A question that was not really answered: another client may be led elsewhere. */
function isTrouble({ outcome }: Lookup): boolean {
	return outcome === 'servfail' || outcome === 'refused' || outcome === 'unanswered';
}

/** `SRV _sip._udp.example.com: 10 60 5060 sip1.example.com (3 ms)`. */
function lookupWords({ type, name, data, outcome, ms }: Lookup): string {
	const more = data.length > MAX_NAMED ? ` and ${data.length - MAX_NAMED} more` : '';
	const found = data.slice(0, MAX_NAMED).map(clipped).join(', ') + more;
	const said = outcome === 'answered' ? found : OUTCOME_WORDS[outcome];
	return `${type} ${clipped(name)}: ${said} (${Math.round(ms)} ms)`;
}

const OUTCOME_WORDS = {
	nxdomain: 'no such name',
	empty: 'no such record',
	servfail: 'the server failed',
	refused: 'the server refused',
	unanswered: 'no answer',
} as const;

/** The `address` step. `failed`: what was tried before, in words; `note`: what else is known by now. */
export function addressStep(
	remote: Endpoint,
	of: number,
	failed: readonly string[],
	note?: string,
): Words {
	const which = of > 1 ? `, one of ${of} targets` : '';
	const more = note === undefined ? '' : `; ${note}`;
	const text = `sending to ${formatEndpoint(remote)}${which}${more}`;
	return failed.length === 0
		? ['ok', text]
		: ['warning', `${text}; before that ${failed.join('; ')}`];
}

/** Why this machine has no way to a target. */
export function noWayWords({ address }: Endpoint, errno: string): string {
	const zone = address.split('%')[1];
	if (zone !== undefined)
		return `this machine reaches nothing over an interface ${clipped(zone)} (${errno})`;
	if (lacksZone(address))
		return `a link-local address, and its interface is not said (${errno}); --server ${address}%INTERFACE says it`;
	return `no way there (${errno})`;
}

/** The `path` step: from the name to the address, and from which interface. */
export function pathStep(
	{ transport, endpoint, via }: Target,
	local: Endpoint,
	interfaceName: string | undefined,
): Words {
	const way = [...via.map(clipped), `${formatEndpoint(endpoint)} over ${transport.toUpperCase()}`];
	const leaves = interfaceName === undefined ? '' : ` (${interfaceName})`;
	return ['ok', `${way.join(' → ')}, from ${local.address}${leaves}`];
}

/** The `transport` step. A UDP socket proves nothing yet; a connection does. */
export function transportWords({ name, local, webSocket }: SipTransport): string {
	const from = formatEndpoint(local);
	if (name === 'udp') return `UDP from ${from}; only an answer will show that it arrives`;
	return webSocket === undefined
		? `TCP connected from ${from}`
		: `TCP connected from ${from}, WebSocket opened at ${clipped(webSocket.path)} for "sip"`;
}

/** The `transport` step where a connection came up and TLS on it did not. */
export function connectedWords(transport: ProbeTransportName): string {
	return `TCP connected for ${transport.toUpperCase()}`;
}

const MS_PER_DAY = 86_400_000;
/** Fewer days left are worth a word: renewals fail silently. */
const FEW_DAYS = 14;

/** The `tls` step of a connection that is up. */
export function tlsStep({ facts, cipher, verifiedName, problem }: TlsUp, now: Instant): Words {
	const { chosenVersion = 'TLS', certificates } = facts;
	const [leaf] = certificates;
	const days =
		leaf === undefined ? undefined : Math.floor((leaf.notAfter - now) / 1000 / MS_PER_DAY);
	const shown =
		leaf === undefined
			? 'no certificate was shown'
			: `certificate ${clipped(leaf.subject)} for ${leaf.names.slice(0, MAX_NAMED).map(clipped).join(', ')}, valid until ${toRfc3339(leaf.notAfter).slice(0, 10)} (${days} days), issued by ${certificates.map(({ issuer }) => clipped(issuer)).join(' ← ')}`;
	const base = `${chosenVersion}, ${cipher}; ${shown}`;
	if (verifiedName === undefined) {
		const because = problem === undefined ? '' : `: ${clipped(problem)}`;
		return ['warning', `NOT VERIFIED, as --tls-insecure says${because}. ${base}`];
	}
	const state = days !== undefined && days < FEW_DAYS ? 'warning' : 'ok';
	return [state, `verified for ${clipped(verifiedName)}; ${base}`];
}
