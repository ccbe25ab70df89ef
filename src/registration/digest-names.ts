/** What a capture shows beside the credentials that a phone may have hashed instead: names, realms, uris, nonces. */
import { parsedValue } from '../bytes/parsed-value.js';
import type { Named, SearchNames, SearchRequest } from '../digest/search/search-request.js';
import { formatEndpoint, formatHostPort } from '../net/endpoint.js';
import { findToUri, readFrom } from '../sip/headers/from-to.js';
import type { SipUri } from '../sip/uri.js';
import type { Account } from './account.js';
import {
	type AuthenticationStep,
	authenticationSteps,
	type SentCredentials,
} from './authentication.js';
import { contactsOf, requestUriOf } from './register-request.js';
import type { Registration } from './registration.js';

/** Attempts looked back at for realms and nonces. */
const EARLIER_ATTEMPTS = 8;

/** The steps of an attempt behind those of the attempts before it, the oldest first. */
export function stepsUntil(
	{ attempts }: Registration,
	steps: readonly AuthenticationStep[],
): readonly AuthenticationStep[] {
	const first = steps[0]?.transaction;
	const index = attempts.findIndex(({ transactions }) => transactions[0] === first);
	const earlier = attempts.slice(Math.max(0, index - EARLIER_ATTEMPTS), Math.max(0, index));
	return [...earlier.flatMap(authenticationSteps), ...steps];
}

/** A REGISTER and the challenges that answered it. */
type Asked = Pick<AuthenticationStep, 'request' | 'challenges'>;

/** Names, realms and domains that the phone or its provisioning may have confused. */
export function digestNames(
	account: Pick<Account, 'username' | 'realm'>,
	step: Pick<AuthenticationStep, 'request'>,
	known: readonly Asked[],
	otherRealms: readonly string[] = [],
): SearchNames {
	const { message, dst } = step.request;
	const to = findToUri(message);
	const contact = contactsOf(message)[0]?.uri;
	const realms = known.flatMap(({ challenges }) =>
		challenges.flatMap(({ digest }) => digest.realm),
	);
	return {
		usernames: named([
			[account.username, 'the username of the account'],
			[to?.userUnescaped, 'the user of To'],
			[to?.user, 'the user of To as written'],
			[parsedValue(readFrom(message))?.uri.userUnescaped, 'the user of From'],
			[contact?.userUnescaped, 'the user of Contact'],
		]),
		realms: named([
			[account.realm, 'the realm of the account'],
			...realms.map((realm) => [realm, 'the realm of a challenge'] as const),
			...otherRealms.map((realm) => [realm, 'the realm of another registration'] as const),
		]),
		domains: named([
			[to?.host, 'the domain of To'],
			[requestUriOf(message)?.host, 'the host of the Request-URI'],
			[dst.address, 'the address of the server'],
		]),
	};
}

/** The request of a step as the search takes it; `known` are the steps up to it and perhaps behind it. */
export function searchRequest(
	step: Pick<AuthenticationStep, 'request'>,
	{ digest }: Pick<SentCredentials, 'digest'>,
	known: readonly Asked[],
): SearchRequest {
	const { message, dst } = step.request;
	const before = known.slice(
		0,
		Math.max(
			0,
			known.findIndex(({ request }) => request === step.request),
		),
	);
	const issued = before.flatMap(({ challenges }) =>
		challenges.flatMap((offer) => offer.digest.nonce ?? []),
	);
	const to = findToUri(message);
	return {
		credentials: digest,
		method: message.method,
		body: message.body,
		nonces: [...new Set(issued.toReversed())],
		uris: named([
			[message.requestUri, 'the Request-URI'],
			[
				before.at(-1)?.request.message.requestUri,
				'the Request-URI of the request that was challenged',
			],
			[plainUri(to), 'the address-of-record'],
			[
				`sip:${formatEndpoint({ address: dst.address, port: dst.port })}`,
				'address and port of the server',
			],
			[`sip:${formatHostPort(dst.address, undefined)}`, 'the address of the server'],
		]),
	};
}

function plainUri(uri: SipUri | undefined): string | undefined {
	return uri?.user === undefined
		? undefined
		: `${uri.scheme}:${uri.user}@${formatHostPort(uri.host ?? '', undefined)}`;
}

/** The values that are there, each once. */
function named(values: readonly (readonly [string | undefined, string])[]): readonly Named[] {
	const seen = new Set<string | undefined>([undefined, '']);
	return values.flatMap(([value, from]) => {
		if (value === undefined || seen.has(value)) return [];
		seen.add(value);
		return [{ value, from }];
	});
}
