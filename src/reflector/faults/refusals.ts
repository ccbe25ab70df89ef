/** Faults that are a refusal: the server says no. */
import { type Reply, reply } from '../reply.js';
import type { Fault, FaultContext } from './fault.js';

type Fields = readonly (readonly [string, string])[];

function refuses(
	name: string,
	explanation: string,
	leadsTo: string,
	answer: readonly [statusCode: number, headers?: Fields, reasonPhrase?: string],
): Fault {
	return { name, explanation, leadsTo, play: () => [reply(...answer)] };
}

export const REFUSALS: readonly Fault[] = [
	refuses(
		'forbidden',
		'403 to the first REGISTER: this address or account is not wanted.',
		'forbidden-before-challenge',
		[403],
	),
	{
		name: 'forbidden-account',
		explanation: '403 after the right password: the account may not register.',
		leadsTo: 'forbidden-after-authentication',
		inProbe: 'wrong-password',
		needsAccounts: true,
		play: ({ stage, reply: honest, hasCredentials }) => [
			stage === 'challenge' || !hasCredentials ? honest : reply(403),
		],
	},
	refuses('not-found', '404: the registrar does not know the user.', 'unknown-user', [404]),
	refuses('domain', '404 that names the domain as the reason.', 'domain-not-served', [
		404,
		[],
		'Domain not served here',
	]),
	refuses(
		'timeout',
		'408: a proxy got no answer from the registrar behind it.',
		'upstream-timeout',
		[408],
	),
	refuses('unavailable', '503 with Retry-After: overload or maintenance.', 'server-overloaded', [
		503,
		[['Retry-After', '30']],
	]),
	refuses('server-error', '500: the registrar has a trouble of its own.', 'server-error', [500]),
	refuses('not-a-registrar', '405: the server takes no REGISTER.', 'not-a-registrar', [
		405,
		[['Allow', 'OPTIONS']],
	]),
	refuses('bad-request', '400: the server finds the REGISTER malformed.', 'bad-request', [400]),
	refuses(
		'loop',
		'483: the REGISTER went round until Max-Forwards was used up.',
		'routing-loop',
		[483],
	),
	refuses('extension', '421: the server demands an extension.', 'extension-required', [
		421,
		[['Require', 'outbound']],
	]),
	refuses('decline', '603: refused by every server there is.', 'declined-globally', [603]),
	{
		name: 'interval-too-brief',
		explanation: '423 to whatever expiry is asked: Min-Expires is always twice as long.',
		leadsTo: 'interval-too-brief',
		play: tooBrief,
	},
	{
		name: 'redirect',
		explanation: '302 to a place where nobody answers (192.0.2.1).',
		leadsTo: 'redirect-not-followed',
		play: () => [reply(302, [['Contact', '<sip:192.0.2.1>']])],
	},
];

function tooBrief({ request, purpose, stage, reply: honest }: FaultContext): readonly Reply[] {
	if (stage === 'challenge' || purpose !== 'bind') return [honest];
	const asked = request.headers.find(({ id }) => id === 'expires')?.value ?? '';
	const seconds = /^\d{1,8}$/.test(asked) ? Number(asked) : 3600;
	return [reply(423, [['Min-Expires', String(seconds * 2)]])];
}
