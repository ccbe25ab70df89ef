/** Faults of the challenge: what a phone is asked for, or how it is asked. */
import { reply } from '../reply.js';
import type { Fault } from './fault.js';

/** Quotes, backslash, commas and a percent sign: legal in a quoted-string, and a trap for those who cut at commas. */
const ODD = 'a=b, c="d\\e";%4/+==';

export const CHALLENGES: readonly Fault[] = [
	{
		name: 'wrong-password',
		explanation: 'Every password is refused with a fresh 401.',
		leadsTo: 'wrong-password',
		needsChallenge: true,
		play: ({ challenge }) => [challenge({})],
	},
	{
		name: 'wrong-realm',
		explanation:
			'The challenge names a realm that no password was made for, so every answer fails.',
		leadsTo: 'wrong-password',
		needsChallenge: true,
		play: ({ challenge }) => [challenge({ realm: 'another-realm.invalid' })],
	},
	{
		name: 'realm-varies',
		explanation: 'Two servers behind one address: each challenge names another realm.',
		leadsTo: 'realm-varies',
		needsChallenge: true,
		play: ({ challenge, number }) => [
			challenge({ realm: number % 2 === 1 ? 'one.invalid' : 'two.invalid' }),
		],
	},
	{
		name: 'stale-loop',
		explanation: 'Every answer is called stale, however fresh its nonce.',
		leadsTo: 'stale-loop',
		needsChallenge: true,
		play: ({ challenge, hasCredentials }) => [challenge({ stale: hasCredentials })],
	},
	{
		name: 'odd-nonce',
		explanation: 'A nonce with quotes, commas and a backslash; legal, so a good phone registers.',
		leadsTo: undefined,
		needsAccounts: true,
		play: ({ stage, reply: honest, challenge, nonce }) => [
			stage === 'challenge' ? challenge({ nonce: ODD + nonce }) : honest,
		],
	},
	{
		name: 'no-qop',
		explanation: 'A challenge as of 1999, without qop; a good phone registers.',
		leadsTo: undefined,
		needsAccounts: true,
		play: ({ stage, reply: honest, challenge }) => [
			stage === 'challenge' ? challenge({ qop: undefined }) : honest,
		],
	},
	{
		name: 'challenge-without-nonce',
		explanation: 'A challenge that cannot be answered, as it has no nonce.',
		leadsTo: 'challenge-malformed',
		needsChallenge: true,
		play: ({ challenge }) => [challenge({ nonce: undefined })],
	},
	{
		name: 'missing-challenge',
		explanation: '401 without any challenge.',
		leadsTo: 'challenge-missing',
		play: () => [reply(401)],
	},
	{
		name: 'unknown-algorithm',
		explanation: 'The challenge asks for a digest algorithm that nobody has.',
		leadsTo: 'algorithm-unsupported',
		needsChallenge: true,
		play: ({ challenge }) => [challenge({ algorithm: 'SHA-9' })],
	},
	{
		name: 'no-challenge',
		explanation: '200 without asking for credentials: trust by address.',
		leadsTo: undefined,
		play: ({ accept }) => [accept()],
	},
	{
		name: 'duplicate-401',
		explanation: 'Each challenge comes twice; a good phone registers.',
		leadsTo: undefined,
		needsAccounts: true,
		play: ({ stage, reply: honest }) => [stage === 'challenge' ? { ...honest, copies: 2 } : honest],
	},
];
