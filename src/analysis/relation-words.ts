/* What one of several captures is to the others, for a reader who gave them in one go. */

import type { ReadSource } from './read-source.js';
import type { Incident, RelatedSource } from './relate-sources.js';

/** Undefined for the first capture that was given. */
export function relationWords(
	own: RelatedSource,
	{ places, shared }: Incident,
	incidents: readonly Incident[],
): string | undefined {
	const first = incidents[0]?.places[0]?.[0];
	const isFirst = own === first;
	const name = own.source.facts.name;
	const place = places.find((parts) => parts.includes(own)) ?? [];
	const at = place.indexOf(own);
	const before = place[at - 1];
	if (before !== undefined) return `goes on where ${before.source.facts.name} ends`;
	// Each pair is told once, at the one that was given later.
	const links = shared.filter(({ names: [, later] }) => later === name);
	if (links.length > 0) {
		return links
			.map(({ names: [other], sightings }) => {
				return sightings.length === 0
					? `shows another leg of the registrations in ${other}, through an SBC with an account of its own`
					: `shows ${sightings.length} of the REGISTERs in ${other}`;
			})
			.join(', ');
	}
	if (shared.some(({ names }) => names.includes(name))) return undefined;
	if (places.length > 1) {
		return isFirst ? undefined : 'shows none of the REGISTERs that were sent';
	}
	if (isFirst) return undefined;
	const difference = first === undefined ? '' : differenceWords(first.source, own.source);
	return `shows no REGISTER of the others: an incident of its own${difference}`;
}

/** `: server 203.0.113.5 and not 198.51.100.7, user 1002 and not 1001`. */
function differenceWords(first: ReadSource, own: ReadSource): string {
	const parts = [
		differ('server', serversOf(first), serversOf(own)),
		differ('client', clientsOf(first), clientsOf(own)),
	].flatMap((words) => words ?? []);
	return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function differ(
	what: string,
	first: readonly string[],
	own: readonly string[],
): string | undefined {
	const [one] = first;
	const [other] = own;
	if (one === undefined || other === undefined || first.includes(other)) return undefined;
	return `${what} ${other} and not ${one}`;
}

function serversOf({ transactions }: ReadSource): readonly string[] {
	return [...new Set(transactions.map(({ phone }) => phone.server.address))];
}

function clientsOf({ transactions }: ReadSource): readonly string[] {
	return [...new Set(transactions.map(({ phone }) => phone.client.address))];
}
